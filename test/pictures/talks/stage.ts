import type { Browser, Locator, Page } from 'playwright-core';

const ANSWER_MS = 60_000;
const DESK = { width: 1280, height: 800 };

export interface Upload {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A person's page of the playground, and what they do on it. */
export class Person {
  readonly page: Page;
  readonly name: string;
  /** The messages that stood when this person last did something: what the bot says is newer. */
  #before: string[] = [];

  constructor(name: string, page: Page) {
    this.name = name;
    this.page = page;
  }

  get messages(): Locator {
    return this.page.locator('#log .message');
  }

  async say(text: string, files: Upload[] = []): Promise<void> {
    await this.#mark();
    await this.page.locator('#message-box').fill(text);
    if (files.length > 0) {
      await this.page.locator('#pick').setInputFiles(files);
      await this.page
        .locator('#files .chip')
        .nth(files.length - 1)
        .waitFor();
    }
    await this.page.getByRole('button', { name: 'Send' }).click();
  }

  /** Chooses a slash command from the menu and fills in its form. Options of a list take the label of a line. */
  async use(title: string, options: Record<string, string> = {}): Promise<void> {
    await this.#mark();
    await this.page.locator('#message-box').fill(`/${title}`);
    await this.page
      .locator('.menu .suggestion')
      .filter({ has: this.page.locator('b', { hasText: new RegExp(`^/${title}$`) }) })
      .click();
    for (const [name, value] of Object.entries(options)) {
      const field = this.page.locator('.command-form').getByLabel(name, { exact: true });
      if ((await field.evaluate((element: { tagName: string }) => element.tagName)) === 'SELECT')
        await field.selectOption({ label: value });
      else await field.fill(value);
    }
    await this.page.locator('.command-form').getByRole('button', { name: 'Run' }).click();
  }

  /** Presses a button beneath the newest message that has it. */
  async press(name: string | RegExp): Promise<void> {
    await this.#mark();
    await this.page.locator('#log').getByRole('button', { name }).last().click();
  }

  /** Waits until a message of the bot holds this; it may be an older one that was edited. */
  async hears(text: string | RegExp): Promise<Locator> {
    const found = this.page.locator('#log .message', { hasText: text }).last();
    await found.waitFor({ timeout: ANSWER_MS });
    return found;
  }

  /** Waits until an answer has its last form, which its buttons show, and the bot does not type any more. */
  async answered(): Promise<void> {
    const fresh = this.page.locator('#log .message').filter({ has: this.page.getByRole('button', { name: 'Retry' }) });
    const deadline = Date.now() + ANSWER_MS;
    for (;;) {
      const ids = await this.#ids(fresh);
      const settled = (await this.page.locator('#typing').textContent()) === '';
      if (settled && ids.some((id) => !this.#before.includes(id))) return;
      if (Date.now() > deadline) throw new Error(`No answer: ${await this.page.locator('#log').innerText()}`);
      await this.page.waitForTimeout(200);
    }
  }

  /** What the bot has said since this person last did something, as it stands on the page. */
  async heard(): Promise<string[]> {
    const said: string[] = [];
    for (const message of await this.messages.all()) {
      const id = (await message.getAttribute('id')) ?? '';
      if (this.#before.includes(id) || (await message.locator('.badge').count()) + (await isGrouped(message)) === 0)
        continue;
      said.push(await shownText(message));
    }
    return said;
  }

  /** Lets pictures load, and scrolls to the newest message. */
  async settle(): Promise<void> {
    const toEnd = 'document.getElementById("log").scrollTop = 1e9';
    await this.page.mouse.move(0, 0);
    await this.page.evaluate(toEnd);
    await this.page.waitForTimeout(300);
    await this.page.evaluate(toEnd);
    await this.page.waitForTimeout(200);
  }

  async #mark(): Promise<void> {
    this.#before = await this.#ids(this.messages);
  }

  async #ids(messages: Locator): Promise<string[]> {
    return messages.evaluateAll((all: { id: string }[]) => all.map(({ id }) => id));
  }
}

async function isGrouped(message: Locator): Promise<number> {
  return (await message.getAttribute('class'))?.includes('grouped') === true ? 1 : 0;
}

/** The part of a browser's nodes that is used here: the project's types know no DOM. */
interface Node {
  textContent: string | null;
  innerText: string;
  querySelector(selector: string): Node;
  querySelectorAll(selector: string): Iterable<Node>;
  cloneNode(deep: boolean): Node;
  replaceWith(text: string): void;
  after(node: Node): void;
  remove(): void;
}

/** The text of a message without its head; buttons in brackets. */
export async function shownText(message: Locator): Promise<string> {
  return message.evaluate((element: Node) => {
    const body = element.querySelector('.body');
    const copy = body.cloneNode(true);
    body.after(copy);
    for (const button of copy.querySelectorAll('.row button')) button.textContent = `[${button.textContent?.trim()}]`;
    for (const image of copy.querySelectorAll('img')) image.replaceWith('(picture)');
    for (const gone of copy.querySelectorAll('header, .edited, .ephemeral-note, .reactions')) gone.remove();
    const text = copy.innerText;
    copy.remove();
    return text;
  });
}

export async function openAs(
  browser: Browser,
  url: string,
  name: string,
  { desk = DESK, dark = false } = {},
): Promise<Person> {
  const context = await browser.newContext({
    viewport: desk,
    locale: 'en-GB',
    timezoneId: 'UTC',
    colorScheme: dark ? 'dark' : 'light',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.addInitScript((who) => localStorage.setItem('playground.me', who), name);
  await page.goto(url);
  await page.locator('#message-box').waitFor();
  await page.locator('#log .message').first().waitFor();
  return new Person(name, page);
}
