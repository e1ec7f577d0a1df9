import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  ContainerBuilder,
  FileUploadBuilder,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  RadioGroupBuilder,
  RoleSelectMenuBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
  UserSelectMenuBuilder,
  type Interaction,
  type ModalSubmitInteraction,
} from 'discord.js';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { findChromium, startBrowser } from '#test/lib/browser.ts';
import { startPlayground, type Playground } from './start.ts';
import { PATIENTLY, startTestBot, type TestBot } from './testing/bot.ts';

const chromium = findChromium();
const why = chromium === undefined ? ' (skipped: no Chromium on the path, nor in CHROMIUM)' : '';
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

describe.skipIf(chromium === undefined)(`the page in use${why}`, () => {
  let browser: Browser;
  let playground: Playground;
  let bot: TestBot;

  beforeAll(async () => {
    playground = await startPlayground({ rateLimits: false });
    bot = await startTestBot(playground);
    bot.client.on('interactionCreate', (interaction) => void answer(interaction));
    await bot.client.application.commands.set([
      {
        name: 'ask',
        description: 'Ask',
        options: [
          { name: 'model', description: 'Which', type: ApplicationCommandOptionType.String, autocomplete: true },
          { name: 'file', description: 'A file', type: ApplicationCommandOptionType.Attachment },
        ],
      },
    ]);
    browser = await startBrowser(chromium ?? '');
    return async () => {
      await browser.close();
      await bot[Symbol.asyncDispose]();
      await playground[Symbol.asyncDispose]();
    };
  });

  async function open(person: string, viewport = DESKTOP, place = ''): Promise<{ page: Page; errors: string[] }> {
    const context = await browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.addInitScript((name) => localStorage.setItem('playground.me', name), person);
    await page.goto(`${playground.pageUrl}/${place}`);
    await page.locator('#message-box').waitFor();
    return { page, errors };
  }

  const atEnd = (page: Page) =>
    page.evaluate(
      '(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)(document.getElementById("log"))',
    );
  const general = () => bot.channel('general');

  test('a form with every kind of field can be filled in by hand', async () => {
    const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
      new ButtonBuilder().setCustomId('form').setLabel('Open').setStyle(ButtonStyle.Primary),
    );
    const sent = await general().send({ content: 'A form', components: [row] });
    const { page, errors } = await open('Dev');
    await page.locator(`#m${sent.id}`).getByRole('button', { name: 'Open' }).click();
    await page.getByLabel('Question').fill('Why?');
    await page.getByRole('button', { name: 'How often' }).click();
    await page.getByRole('option', { name: 'Each week' }).click();
    await page.getByRole('button', { name: 'For whom' }).click();
    await page.locator('dialog').getByRole('option', { name: 'Max' }).click();
    await page.locator('dialog').getByRole('option', { name: 'Olga' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByLabel('Two').check();
    await page
      .getByLabel('Files', { exact: true })
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('hi') });
    await page.locator('dialog .chip', { hasText: 'a.txt' }).waitFor();
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('got Why? | w | Max, Olga | 2 | a.txt').waitFor();
    // The message comes over the gateway and may be there before the form's own request has ended.
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('a long line of a code block goes on below, as on Discord', async () => {
    const sent = await general().send({ content: `\`\`\`\n${'column '.repeat(30)}\n\`\`\`` });
    const { page, errors } = await open('Dev', PHONE);
    const block = page.locator(`#m${sent.id} pre`);
    await block.waitFor();
    const hidden = await block.evaluate((pre) => pre.scrollWidth - pre.clientWidth);
    expect(hidden).toBe(0);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('menus of texts and of roles are chosen from, and one choice is sent once', async () => {
    const rows = [
      new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(
        new StringSelectMenuBuilder()
          .setCustomId('size')
          .setPlaceholder('Which size?')
          .addOptions({ label: 'Small', value: 's' }, { label: 'Large', value: 'l', description: 'slower' }),
      ),
      new ActionRowBuilder<RoleSelectMenuBuilder>().addComponents(
        new RoleSelectMenuBuilder().setCustomId('role').setPlaceholder('Which role?'),
      ),
    ];
    const sent = await general().send({ content: 'Menus', components: rows });
    const { page, errors } = await open('Dev');
    const message = page.locator(`#m${sent.id}`);
    await message.getByRole('button', { name: 'Which size?' }).click();
    await message.getByRole('option', { name: 'Large' }).click();
    await page.locator('.ephemeral', { hasText: 'chose l' }).waitFor();
    await message.getByRole('button', { name: 'Which role?' }).click();
    await message.getByRole('option', { name: 'operator' }).click();
    await page.locator('.ephemeral', { hasText: `chose ${playground.roles.operator}` }).waitFor();
    expect(await page.locator('.ephemeral', { hasText: 'chose l' }).count()).toBe(1);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('a command suggests names and sends values, and takes a file', async () => {
    const { page, errors } = await open('Olga');
    await page.locator('#message-box').pressSequentially('/as');
    await page.keyboard.press('Tab');
    await page.getByLabel('model', { exact: true }).pressSequentially('la');
    await page.getByRole('option', { name: 'The large one' }).click();
    await page
      .getByLabel('file', { exact: true })
      .setInputFiles({ name: 'b.txt', mimeType: 'text/plain', buffer: Buffer.from('hi') });
    await page.locator('.command-form .chip').waitFor();
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('asked large-1 with b.txt').waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('pictures are shown, and text files are previewed', async () => {
    const csv = ['month,total', ...Array.from({ length: 20 }, (_, i) => `${i + 1},"1,${i}00"`)].join('\n');
    const files = [
      new AttachmentBuilder(PIXEL, { name: 'chart.png', description: 'A chart' }),
      new AttachmentBuilder(Buffer.from(csv), { name: 'rows.csv' }),
    ];
    const plain = await general().send({ content: 'Here', files });
    const container = new ContainerBuilder()
      .addTextDisplayComponents(new TextDisplayBuilder().setContent('### A card'))
      .addMediaGalleryComponents((gallery) => gallery.addItems({ media: { url: 'attachment://chart.png' } }));
    const card = await general().send({
      flags: MessageFlags.IsComponentsV2,
      components: [container],
      files: files.slice(0, 1),
    });
    const { page, errors } = await open('Dev');
    const message = page.locator(`#m${plain.id}`);
    await message.getByRole('img', { name: 'A chart' }).waitFor();
    expect(await message.locator('th').allInnerTexts()).toEqual(['month', 'total']);
    expect(await message.locator('tbody tr').count()).toBe(5);
    await message.getByRole('button', { name: 'Expand (15 more lines)' }).click();
    expect(await message.locator('tbody tr').last().innerText()).toBe('20\t1,1900');
    expect(await page.locator(`#m${card.id} .container .h3`).innerText()).toBe('A card');
    expect(await page.locator(`#m${card.id} img`).count()).toBe(1);
    await message.getByRole('button', { name: 'Enlarge A chart' }).click();
    await page.locator('dialog.enlarged img').click();
    await expect.poll(() => page.locator('dialog').count(), PATIENTLY).toBe(0);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('the log follows its own messages and what grows, and stays where one has scrolled to', async () => {
    for (let i = 0; i < 30; i += 1) playground.controls.say({ channel: 'data', author: 'Max', content: `line ${i}` });
    const { page, errors } = await open('Ada', DESKTOP, `#${playground.channels.data}`);
    await page.locator('.message', { hasText: 'line 29' }).waitFor();
    await expect.poll(() => atEnd(page), PATIENTLY).toBe(true);
    const box = page.locator('#message-box');
    await box.pressSequentially('one');
    for (const word of ['two', 'three', 'four', 'five', 'six']) {
      await box.press('Shift+Enter');
      await box.pressSequentially(word);
    }
    await box.press('Enter');
    await page.locator('.message', { hasText: 'six' }).waitFor();
    await expect.poll(() => atEnd(page), PATIENTLY).toBe(true);
    await bot.channel('data').send({ content: 'a picture', files: [new AttachmentBuilder(PIXEL, { name: 'p.png' })] });
    await page.locator('.message', { hasText: 'a picture' }).waitFor();
    await expect.poll(() => atEnd(page), PATIENTLY).toBe(true);
    // The log grows after it was scrolled to its end, and before the browser tells of that.
    await page.evaluate(`(() => {
      const grow = (height) => {
        const block = document.createElement('div');
        block.style.height = height + 'px';
        document.getElementById('messages').append(block);
      };
      grow(300);
      const log = document.getElementById('log');
      log.scrollTop = log.scrollHeight;
      grow(500);
    })()`);
    await expect.poll(() => atEnd(page), PATIENTLY).toBe(true);
    await page.evaluate('document.getElementById("log").scrollTop = 0');
    await page.getByRole('button', { name: 'Jump to the newest' }).waitFor();
    playground.controls.say({ channel: 'data', author: 'Max', content: 'meanwhile' });
    await page.locator('.message', { hasText: 'meanwhile' }).waitFor({ state: 'attached' });
    expect(await page.evaluate('document.getElementById("log").scrollTop')).toBe(0);
    await page.getByRole('button', { name: 'Jump to the newest' }).click();
    await expect.poll(() => atEnd(page), PATIENTLY).toBe(true);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('files are pasted, dropped and taken away again', async () => {
    const { page, errors } = await open('Ada', DESKTOP, `#${playground.channels.data}`);
    const give = (event: string, name: string) =>
      page.evaluate(
        `(() => {
          const data = new DataTransfer();
          data.items.add(new File(['hello'], '${name}', { type: 'text/plain' }));
          const init = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
          const made = '${event}' === 'paste' ? new ClipboardEvent('paste', init) : new DragEvent('drop', init);
          document.getElementById('message-box').dispatchEvent(made);
        })()`,
      );
    await give('paste', 'pasted.txt');
    await give('drop', 'dropped.txt');
    await give('drop', 'unwanted.txt');
    await page.locator('.chip', { hasText: 'unwanted.txt' }).waitFor();
    await page.getByRole('button', { name: 'Remove unwanted.txt' }).click();
    await page.locator('#message-box').fill('with files');
    await page.locator('#message-box').press('Enter');
    const said = await playground.controls.waitFor((message) => message.content === 'with files');
    expect(said.attachments.map(({ filename }) => filename)).toEqual(['pasted.txt', 'dropped.txt']);
    await expect.poll(() => page.locator('.chip').count(), PATIENTLY).toBe(0);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('length is counted as it is sent, and a longer text becomes a file', async () => {
    const { page, errors } = await open('Ada', DESKTOP, `#${playground.channels.data}`);
    const box = page.locator('#message-box');
    // "@Dragoman" is sent as an id of 22 characters.
    await box.fill(`@Dragoman ${'x'.repeat(1970)}`);
    expect(await page.locator('#left').innerText()).toBe('7');
    await box.fill(`@Dragoman ${'x'.repeat(1980)}`);
    expect(await page.locator('#left').innerText()).toBe('-3');
    await box.press('Enter');
    await page.getByRole('button', { name: 'Attach as message.txt' }).click();
    await page.locator('.chip', { hasText: 'message.txt' }).waitFor();
    await page.getByRole('button', { name: 'Remove message.txt' }).click();
    await box.fill('see: ');
    await page.evaluate(`navigator.clipboard.writeText('y'.repeat(5000))`);
    await box.press('ControlOrMeta+v');
    await page.locator('.chip', { hasText: 'message.txt' }).waitFor();
    await box.press('Enter');
    const said = await playground.controls.waitFor(({ content }) => content === 'see:');
    expect(said.attachments).toMatchObject([{ filename: 'message.txt', size: 5000 }]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('the bot stands once in the @-menu, and replies are shown without marks', async () => {
    const asked = playground.controls.say({
      channel: 'data',
      author: 'Dev',
      content: '## **Big** `code`\n- ||secret|| item',
    });
    await bot.channel('data').send({ content: 'so?', reply: { messageReference: asked.id } });
    const { page, errors } = await open('Ada', DESKTOP, `#${playground.channels.data}`);
    const origin = page.locator('.message', { hasText: 'so?' }).locator('.origin');
    expect(await origin.innerText()).toBe('↱ Dev Big code • secret item');
    expect(await origin.locator('.spoiler').count()).toBe(1);
    await page.locator('#message-box').pressSequentially('@dra');
    expect(await page.locator('#suggestions .suggestion').allInnerTexts()).toEqual(['@Dragoman app']);
    await page.keyboard.press('Enter');
    expect(await page.locator('#message-box').inputValue()).toBe('@Dragoman ');
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('a link to a message leads to it within the page, others leave it', async () => {
    const there = playground.controls.say({ channel: 'data', author: 'Max', content: 'the very message' });
    const url = `https://discord.com/channels/${playground.guildId}/${playground.channels.data}/${there.id}`;
    const sent = await general().send({
      content: `Not answered: ${url}; see https://example.com/x, but not <https://example.com/y>`,
    });
    const { page, errors } = await open('Ada');
    const message = page.locator(`#m${sent.id}`);
    expect(await message.locator('.preview').allInnerTexts()).toEqual([
      expect.stringMatching(/^example\.com\s+Discord shows a preview/),
    ]);
    await message.getByRole('link', { name: '#data › 💬' }).click();
    await page.locator('h1', { hasText: '#data' }).waitFor();
    await page.locator(`#m${there.id}.found`).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('an example can be asked by a press, and they go when one has asked', async () => {
    const { page, errors } = await open('Guest');
    await page.getByRole('button', { name: 'Which tables are in the database?' }).click();
    const said = await playground.controls.waitFor(({ author }) => author.id === playground.people.Guest);
    expect(said.content).toBe(`<@${playground.botId}> Which tables are in the database?`);
    await page.locator('#examples').waitFor({ state: 'hidden' });
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('on a phone nothing is wider than it, no label wraps, and the banner can be put away', async () => {
    const { page, errors } = await open('Max', PHONE);
    await page.locator('.message').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
    const heights = await page
      .locator('button:visible')
      .evaluateAll((all) => all.map((one) => (one as unknown as { offsetHeight: number }).offsetHeight));
    expect(Math.max(...heights)).toBeLessThan(44);
    const banner = page.locator('#banner');
    expect((await banner.boundingBox())?.height).toBeLessThan(PHONE.height * 0.08);
    await page.getByRole('button', { name: 'Hide this line' }).click();
    await page.reload();
    await page.locator('#message-box').waitFor();
    expect(await page.getByText('This is not Discord').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Show channels' }).click();
    await page.locator('a.channel', { hasText: 'data' }).click();
    await page.locator('h1', { hasText: '#data' }).waitFor();
    expect(await page.locator('#sidebar').isVisible()).toBe(false);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

async function answer(interaction: Interaction): Promise<void> {
  if (interaction.isAutocomplete()) return interaction.respond([{ name: 'The large one', value: 'large-1' }]);
  if (interaction.isChatInputCommand()) {
    const { options } = interaction;
    await interaction.reply(`asked ${options.getString('model')} with ${options.getAttachment('file')?.name}`);
  }
  if (interaction.isButton()) await interaction.showModal(form());
  if (interaction.isModalSubmit()) await interaction.reply(filledIn(interaction));
  if (interaction.isAnySelectMenu()) {
    await interaction.reply({ content: `chose ${interaction.values.join()}`, flags: MessageFlags.Ephemeral });
  }
}

function filledIn({ fields }: ModalSubmitInteraction): string {
  const people = fields.getSelectedUsers('who', true).map(({ displayName }) => displayName);
  const files = fields.getUploadedFiles('files', true).map(({ name }) => name);
  const parts = [fields.getTextInputValue('question'), fields.getStringSelectValues('often').join(), people.join(', ')];
  return `got ${[...parts, fields.getRadioGroup('kind'), files.join()].join(' | ')}`;
}

function form(): ModalBuilder {
  const label = (text: string) => new LabelBuilder().setLabel(text);
  const often = [
    { label: 'Each day', value: 'd', default: true },
    { label: 'Each week', value: 'w' },
  ];
  const kinds = [
    { label: 'One', value: '1' },
    { label: 'Two', value: '2' },
  ];
  return new ModalBuilder()
    .setCustomId('f')
    .setTitle('A form')
    .addLabelComponents(
      label('Question').setTextInputComponent(
        new TextInputBuilder().setCustomId('question').setStyle(TextInputStyle.Paragraph),
      ),
      label('How often').setStringSelectMenuComponent(
        new StringSelectMenuBuilder().setCustomId('often').addOptions(often),
      ),
      label('For whom').setUserSelectMenuComponent(new UserSelectMenuBuilder().setCustomId('who').setMaxValues(3)),
      label('Kind').setRadioGroupComponent(new RadioGroupBuilder().setCustomId('kind').addOptions(kinds)),
      label('Files').setFileUploadComponent(new FileUploadBuilder().setCustomId('files')),
    );
}
