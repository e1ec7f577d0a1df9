import { pdfOf } from '#mcp/fetch/testing/pdf.ts';
import { shownText, type Person } from './stage.ts';
import type { Transcript } from './transcript.ts';

export interface Cast {
  max: Person;
  olga: Person;
}

/** The first ten minutes of Max, who is a member and has never seen the bot. */
export async function newcomer(talk: Transcript, cast: Cast): Promise<void> {
  await looksRound(talk, cast);
  await asks(talk, cast);
  await givesFiles(talk, cast);
  await steers(talk, cast);
  await writes(talk, cast);
  await usesCommands(talk, cast);
}

async function ask(talk: Transcript, person: Person, question: string, files: Parameters<Person['say']>[1] = []) {
  const names = files.map(({ name }) => ` 📎 ${name}`).join('');
  talk.did(person.name, `@Dragoman ${question}${names}`);
  await person.say(`@Dragoman ${question}`, files);
  await person.answered();
}

async function use(talk: Transcript, person: Person, title: string, options: Record<string, string> = {}) {
  const given = Object.entries(options).map(([name, value]) => ` ${name}: ${value}`);
  talk.did(person.name, `\`/${title}\`${given.join('')}`);
  await person.use(title, options);
}

async function looksRound(talk: Transcript, { max }: Cast): Promise<void> {
  talk.heading('Looking round');
  talk.note(
    'Max finds a channel with a welcome, and questions to press above the message box. He only mentions the bot.',
  );
  talk.did('Max', '@Dragoman');
  await max.say('@Dragoman');
  await max.hears('Ask me anything');
  await talk.heard(max);
  await talk.picture(max, 'first-help', 'The bot says how to ask it', ['desk', 'phone']);
}

async function asks(talk: Transcript, { max }: Cast): Promise<void> {
  talk.heading('Asking');
  talk.did('Max', '@Dragoman what was a dragoman?');
  await max.say('@Dragoman what was a dragoman?');
  await max.hears('Embassies');
  talk.note('While it is written, it can be stopped.');
  await talk.picture(max, 'first-streaming', 'An answer while it is written', ['desk']);
  await max.answered();
  await ask(talk, max, 'How many orders per status?');
  await talk.heard(max);
  talk.note('*Details* tells what was done for it, to him alone.');
  talk.did('Max', 'presses *Details*');
  await max.press('Details');
  await max.hears('What was done');
  await talk.heard(max);
  await talk.picture(max, 'first-details', 'Details of an answer: tools, arguments, times', ['phone']);
  await max.press('Dismiss message');
  talk.did('Max', 'presses *Retry*; the old answer stays behind ‹ 2/2');
  await max.press('Retry');
  await max.hears('2/2');
  await talk.picture(max, 'first-retry', 'The new answer, with a button to the old one', ['desk']);
  await ask(talk, max, 'List all customers');
  talk.note('Six columns are too wide for a line of Discord: cards, a picture, a file with all rows, and pages.');
  await talk.heard(max);
  await talk.picture(max, 'first-wide', 'A wide table as cards, file and picture', ['desk', 'phone']);
  talk.did('Max', 'presses *More rows*');
  await max.press('More rows');
  await max.hears('page 2 of');
  await talk.picture(max, 'first-rows', 'The next rows of the table', ['phone']);
  await ask(talk, max, 'How many orders per month?');
  await talk.picture(max, 'first-chart', 'A series as a table and a chart', ['desk', 'phone']);
}

async function givesFiles(talk: Transcript, { max }: Cast): Promise<void> {
  talk.heading('Files');
  const cities = ['Bern', 'Oslo', 'Rome', 'Lima'];
  const rows = Array.from({ length: 40 }, (_, at) =>
    [cities[at % 4], `2026-10-${String(1 + Math.floor(at / 4)).padStart(2, '0')}`, 100 + ((at * 37) % 50)].join(','),
  );
  const csv = Buffer.from(['city,day,visitors', ...rows].join('\n'));
  await ask(talk, max, 'how many visitors did each city have?', [
    { name: 'visitors.csv', mimeType: 'text/csv', buffer: csv },
  ]);
  await talk.heard(max);
  const flag = await drawnFlag(max);
  await ask(talk, max, 'which colours of this picture do you see?', [
    { name: 'flag.png', mimeType: 'image/png', buffer: flag },
  ]);
  await talk.heard(max);
  await talk.picture(max, 'first-files', 'A table and a picture that were attached', ['desk']);
  const text =
    'BT /F1 14 Tf 72 720 Td (Invoice 2026-118) Tj 0 -24 Td (Please pay 482.50 EUR by 15 December 2026.) Tj ET';
  await ask(talk, max, 'what does this paper ask for?', [
    { name: 'invoice.pdf', mimeType: 'application/pdf', buffer: pdfOf({ pages: [text], title: 'Invoice' }) },
  ]);
  await talk.heard(max);
}

async function drawnFlag({ page }: Person): Promise<Buffer> {
  const draw = `(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 240, height: 150 });
    const to = canvas.getContext('2d');
    for (const [colour, ...box] of [['#d52b1e', 0, 0, 240, 150], ['#fff', 105, 30, 30, 90], ['#fff', 75, 60, 90, 30]]) {
      to.fillStyle = colour;
      to.fillRect(...box);
    }
    return canvas.toDataURL('image/png').split(',')[1];
  })()`;
  return Buffer.from(await page.evaluate<string>(draw), 'base64');
}

async function steers(talk: Transcript, { max }: Cast): Promise<void> {
  talk.heading('While it works');
  talk.did('Max', '@Dragoman compare the two quarters');
  await max.say('@Dragoman compare the two quarters');
  await max.hears('both quarters');
  talk.did('Max', '@Dragoman coffee alone, please');
  await max.say('@Dragoman coffee alone, please');
  await max.hears('Send to the running answer');
  await talk.picture(max, 'first-steer', 'The second message waits, with buttons', ['phone']);
  talk.did('Max', 'presses *Send to the running answer*');
  await max.press('Send to the running answer');
  talk.wrote(await shownText(await max.hears('With coffee alone')));
  talk.did('Max', '@Dragoman reserve a table for four');
  await max.say('@Dragoman reserve a table for four');
  await max.hears('Something else');
  talk.note('The model does not know when, and asks back.');
  await talk.picture(max, 'first-asks', 'A question of the model with its choices', ['phone']);
  talk.did('Max', 'presses *Saturday*');
  await max.press('Saturday');
  await max.answered();
  await talk.heard(max);
  talk.did('Max', '@Dragoman what was a dragoman? He presses *Stop* in the middle');
  await max.say('@Dragoman what was a dragoman?');
  await max.page.waitForTimeout(2_500);
  await max.press('Stop');
  talk.wrote(await shownText(await max.hears('Stopped by')));
  await talk.picture(max, 'first-stopped', 'A stopped answer keeps what was written', ['desk']);
}

async function writes(talk: Transcript, { max, olga }: Cast): Promise<void> {
  talk.heading('Writing');
  talk.note('Members may not write files. Operators may, after a yes.');
  await ask(talk, max, 'Write "20 Gyokuro" to notes/order.md');
  await talk.heard(max);
  talk.did('Olga', '@Dragoman put the order list into notes/order.md');
  await olga.say('@Dragoman put the order list into notes/order.md');
  await olga.hears('asks before');
  await olga.hears('Allow once');
  await talk.heard(olga);
  await talk.picture(olga, 'first-card', 'What is going to be written, with Allow once and Deny', ['desk', 'phone']);
  talk.did('Olga', 'presses *Allow once*');
  await olga.press('Allow once');
  await olga.answered();
  await talk.heard(olga);
}

async function usesCommands(talk: Transcript, { max }: Cast): Promise<void> {
  talk.heading('Commands');
  await use(talk, max, 'ask', { question: 'How many customers live in Germany?' });
  await max.answered();
  await talk.heard(max);
  await use(talk, max, 'model');
  await max.hears('answers you here');
  await talk.heard(max);
  await use(talk, max, 'persona list');
  await max.hears('no personas yet');
  await talk.heard(max);
  await use(talk, max, 'whoami');
  await max.hears('a member here');
  await talk.heard(max);
  await use(talk, max, 'context');
  await max.hears('This conversation');
  await talk.heard(max);
  await talk.picture(max, 'first-context', 'What is kept of the conversation', ['phone']);
  await use(talk, max, 'usage');
  await max.hears('questions,');
  await talk.heard(max);
  await use(talk, max, 'forget me');
  await max.hears('Keep everything');
  await talk.heard(max);
  await talk.picture(max, 'first-forget', 'What is forgotten and what stays, before it is done', ['phone']);
  talk.did('Max', 'presses *Keep everything*');
  await max.press('Keep everything');
  talk.wrote(await shownText(await max.hears('Nothing was forgotten')));
}
