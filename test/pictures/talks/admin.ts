import type { Finished } from '#test/lib/stack.ts';
import { shownText, type Person } from './stage.ts';
import type { Transcript } from './transcript.ts';

export interface Desk {
  ada: Person;
  max: Person;
  /** Runs the terminal's command on the same stack. */
  dragoman(this: void, args: string[]): Promise<Finished>;
}

/** The first ten minutes of Ada, who manages the server and has a terminal on the bot's machine. */
export async function admin(talk: Transcript, desk: Desk): Promise<void> {
  await setsUp(talk, desk);
  await schedules(talk, desk);
  await mends(talk, desk);
}

async function use(talk: Transcript, person: Person, title: string, options: Record<string, string> = {}) {
  const given = Object.entries(options).map(([name, value]) => ` ${name}: ${value}`);
  talk.did(person.name, `\`/${title}\`${given.join('')}`);
  await person.use(title, options);
}

async function setsUp(talk: Transcript, { ada, max }: Desk): Promise<void> {
  const { page } = ada;
  talk.heading('Setting the server up');
  await use(talk, ada, 'setup');
  await ada.hears('What counts from');
  await talk.picture(ada, 'admin-setup', 'The settings of a server, each with a menu', ['desk', 'phone']);
  talk.did('Ada', 'chooses the long footer and the log channel #ops');
  await choose(ada, 4, 'verbose');
  await choose(ada, 6, 'ops');
  await page.waitForTimeout(800);
  await use(talk, ada, 'prompt set');
  await page.locator('dialog textarea').fill('Answer in one sentence. The server is called {server}, today is {date}.');
  await talk.picture(ada, 'admin-prompt', 'The form for what the model is told', ['desk']);
  talk.did('Ada', 'writes: Answer in one sentence. The server is called {server}, today is {date}.');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.waitForTimeout(500);
  await talk.heard(ada);
  await use(talk, ada, 'persona save', {
    name: 'Guide',
    text: 'You are a friendly guide for people who are new here.',
  });
  await ada.hears('Saved');
  await talk.heard(ada);
  await use(talk, ada, 'model', { model: 'offline-small' });
  await ada.hears('offline-small');
  await page.waitForTimeout(500);
  await talk.heard(ada);
  talk.note('Max may not.');
  await use(talk, max, 'setup');
  await max.page.waitForTimeout(800);
  await talk.heard(max);
}

/** Chooses a line of one of the menus of /setup, which stand in order. */
async function choose({ page }: Person, at: number, line: string): Promise<void> {
  const message = page.locator('#log .message', { hasText: 'What counts from' }).last();
  const menu = message.locator('.picker').nth(at);
  await menu.locator('.picker-box').click();
  await menu.getByRole('option', { name: line }).first().click();
  await page.waitForTimeout(700);
}

async function schedules(talk: Transcript, { ada }: Desk): Promise<void> {
  talk.heading('Scheduling a question');
  await use(talk, ada, 'schedule add', { when: 'every weekday at 9:00', question: 'How many orders per status?' });
  await ada.hears('Scheduled as');
  await talk.heard(ada);
  await use(talk, ada, 'schedule list');
  await ada.hears('Scheduled questions');
  await talk.heard(ada);
  await use(talk, ada, 'usage');
  await ada.hears('questions,');
  await talk.heard(ada);
  await talk.picture(ada, 'admin-usage', 'What the server used, by person', ['desk', 'phone']);
}

async function mends(talk: Transcript, { ada, max, dragoman }: Desk): Promise<void> {
  talk.heading('An answer that failed');
  talk.note('The gateway refuses the key for a moment.');
  talk.did('Max', '@Dragoman tell the gateway’s story');
  await max.say('@Dragoman tell the gateway’s story');
  await max.hears('❌');
  await max.page.waitForTimeout(1_500);
  await talk.heard(max);
  await talk.picture(max, 'admin-failed', 'A failed answer says why, and has Retry', ['desk']);
  talk.note('The log channel that Ada chose tells her, and the terminal shows the rest.');
  await ada.page.locator('#sidebar .channel', { hasText: 'ops' }).click();
  await ada.hears('failed:');
  talk.wrote(await shownText(await ada.hears('failed:')));
  await ran(talk, dragoman, ['jobs', 'list', '--failed']);
  const { stdout } = await dragoman(['jobs', 'list', '--failed', '--json']);
  const id = /discord-\d+/.exec(stdout)?.[0] ?? '';
  await ran(talk, dragoman, ['jobs', 'replay', id]);
  await max.hears('Now it is told');
  await max.page.waitForTimeout(1_500);
  talk.note('The new answer takes the place of the failed one.');
  await talk.picture(max, 'admin-replayed', 'The failed answer, replaced', ['desk']);
  await ran(talk, dragoman, ['settings', 'export']);
}

async function ran(talk: Transcript, dragoman: Desk['dragoman'], words: string[]): Promise<void> {
  talk.did('Ada', `\`npx dragoman ${words.join(' ')}\``);
  const { stdout, stderr } = await dragoman(words);
  talk.wrote(`${stdout}${stderr}`);
}
