import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lines, pdfOf } from '#mcp/fetch/testing/pdf.ts';
import type { AttachedTable, RunRequest } from '#shared/run/request.ts';
import { workbookOf, zipOf } from '#test/lib/workbook.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
let gateway: Server;
let heard: { path: string; key: string; body: string }[] = [];

beforeAll(async () => {
  gateway = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { url = '', headers } = request;
      heard.push({ path: url, key: headers.authorization ?? '', body: Buffer.concat(parts).toString('latin1') });
      response.setHeader('content-type', 'application/json').end('{"text":" How many orders are there? "}');
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const { port } = gateway.address() as AddressInfo;
  rig = await startRig({
    playground: { rateLimits: false },
    environment: {
      LITELLM_API_BASE: `http://127.0.0.1:${port}/v1`,
      LITELLM_API_KEY: 'sk-played',
      TRANSCRIPTION_MODEL: 'whisper',
    },
  });
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  gateway.closeAllConnections();
  gateway.close();
});

interface Sent {
  filename: string;
  bytes: Buffer | string;
  contentType?: string;
}

/** Asks with files; returns the request, and what the answer says beneath itself. */
async function asked(...attachments: Sent[]): Promise<{ request: RunRequest; shown: string }> {
  const content = `<@${rig.playground.botId}> what is in it?`;
  const { id } = rig.say({ channel: 'general', author: 'Ada', content, attachments });
  const run = await rig.work(id);
  await run.end('Seen.');
  const shown = await rig.controls.waitFor((message) => message.replyTo === id && message.content.includes('Seen.'));
  return { request: run.request, shown: shown.content };
}

function rowsOf(table: AttachedTable | undefined): unknown[][] {
  return JSON.parse(gunzipSync(Buffer.from(table?.data ?? '', 'base64')).toString()) as unknown[][];
}

test('a small CSV stands whole in the question, and can be queried', async () => {
  const bytes = Buffer.from('Stadt;Umsatz;PLZ\r\nK\xf6ln;1.234,50;01067\r\n"Bad; X";7,25;10115\r\n', 'latin1');
  const { request, shown } = await asked({ filename: 'Umsatz_2026.csv', bytes, contentType: 'text/csv' });
  expect(request.tables).toMatchObject([
    {
      name: 'umsatz_2026',
      columns: [
        { name: 'Stadt', type: 'TEXT' },
        { name: 'Umsatz', type: 'REAL' },
        { name: 'PLZ', type: 'TEXT' },
      ],
      rows: 2,
    },
  ]);
  expect(rowsOf(request.tables?.[0])).toEqual([
    ['Köln', 1234.5, '01067'],
    ['Bad; X', 7.25, '10115'],
  ]);
  expect(request.text).toContain(
    '[Attached file: Umsatz_2026.csv]\nStadt,Umsatz,PLZ\nKöln,1234.5,01067\nBad; X,7.25,10115\n[End of',
  );
  expect(request.text).toContain('Table umsatz_2026 of 2 rows. query_attachment');
  expect(request.text).toContain('"Umsatz" REAL: 7.25 to 1234.5, sum 1241.75, mean 620.875');
  expect(shown).not.toContain('Left out');
});

test('of a large CSV the question has the first rows and what is in its columns', async () => {
  const rows = Array.from({ length: 20_000 }, (_, at) => `${at},2026-01-01,city ${at % 7}`);
  const { request } = await asked({ filename: 'orders.csv', bytes: ['id,day,city', ...rows].join('\n') });
  expect(request.text.length).toBeLessThan(2_000);
  expect(request.text).toContain('[the first 5 of 20000 rows]');
  expect(request.text).toContain('"id" INTEGER: 0 to 19999, sum 199990000, mean 9999.5');
  expect(request.text).toMatch(/"city" TEXT: 7 different, such as "city 0" ×2858/);
  expect(rowsOf(request.tables?.[0])).toHaveLength(20_000);
});

test('each sheet of a workbook is a table', async () => {
  const bytes = workbookOf({
    Orders: [
      ['id', 'sum'],
      [1, 2.5],
      [2, 4],
    ],
    Empty: [],
    People: [['name'], ['Ada']],
  });
  const { request, shown } = await asked({ filename: 'shop.xlsx', bytes });
  expect(request.tables?.map(({ name, rows }) => [name, rows])).toEqual([
    ['shop_orders', 2],
    ['shop_people', 1],
  ]);
  expect(rowsOf(request.tables?.[0])).toEqual([
    [1, 2.5],
    [2, 4],
  ]);
  expect(shown).not.toContain('Left out');
});

test('the text of a PDF, as far as it has room', async () => {
  const { request } = await asked({ filename: 'a.pdf', bytes: pdfOf({ pages: [lines('Hello page')] }) });
  expect(request.text).toContain('[Attached file: a.pdf]\n[Page 1 of 1]\n\nHello page\n[End of a.pdf]');
  const page = lines(...Array.from({ length: 30 }, (_, at) => `a line of text number ${at} that goes on`));
  const long = pdfOf({ pages: Array.from({ length: 5_000 }, () => page), packed: true });
  const { request: cut, shown } = await asked({ filename: 'long.pdf', bytes: long });
  expect(cut.text.length).toBeLessThan(101_000);
  expect(shown).toMatch(/Left out: parts of long\.pdf: Only the first \d+ of 5,000 pages were read/);
});

test('what is said in a recording becomes the question', async () => {
  heard = [];
  const { request } = await asked({ filename: 'voice-message.ogg', bytes: 'OggS played', contentType: 'audio/ogg' });
  expect(request.text).toContain('[Recording, transcribed: voice-message.ogg]\nHow many orders are there?');
  expect(heard).toMatchObject([{ path: '/v1/audio/transcriptions', key: 'Bearer sk-played' }]);
  expect(heard[0]?.body).toMatch(
    /name="model"\r\n\r\nwhisper\r\n[\s\S]*filename="voice-message.ogg"[\s\S]*OggS played/,
  );
});

test('hostile and odd files are named with what is wrong, and the rest of the question stands', async () => {
  const bomb = zipOf([['xl/worksheets/sheet1.xml', Buffer.alloc(400 * 1024 * 1024)]]);
  const { request, shown } = await asked(
    { filename: 'bomb.xlsx', bytes: bomb },
    { filename: 'broken.xlsx', bytes: 'PK no' },
    { filename: 'not.pdf', bytes: 'no pdf', contentType: 'application/pdf' },
    { filename: 'binary.csv', bytes: Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]) },
    { filename: 'old.xls', bytes: 'x' },
    { filename: 'run.exe', bytes: 'MZ' },
    { filename: 'fine.txt', bytes: 'All is well.' },
  );
  for (const name of ['bomb.xlsx', 'broken.xlsx', 'not.pdf', 'binary.csv', 'old.xls', 'run.exe'])
    expect(shown).toContain(`Left out: ${name}: `);
  expect(shown).toContain('save it as .xlsx or CSV');
  expect(request.tables).toBeUndefined();
  expect(request.text).toContain('All is well.');
});

test('without a model that transcribes, a person is told', async () => {
  await rig.stop();
  await rig.start({ TRANSCRIPTION_MODEL: '' });
  const { request, shown } = await asked({ filename: 'voice.ogg', bytes: 'OggS', contentType: 'audio/ogg' });
  expect(shown).toContain('Left out: voice.ogg: I cannot listen to recordings here');
  expect(request.text).toContain('what is in it?');
});

test('a file whose name and type say nothing is text when it holds text', async () => {
  const { request, shown } = await asked(
    { filename: 'Dockerfile', bytes: 'FROM node:24\nRUN npm ci', contentType: 'application/octet-stream' },
    { filename: 'letter.eml', bytes: 'Subject: Tea\n\nIt is ready.', contentType: 'message/rfc822' },
    { filename: 'tool', bytes: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0]), contentType: '' },
    { filename: 'old.xls', bytes: Buffer.from('d0cf11e0a1b11ae100000000', 'hex'), contentType: '' },
  );
  expect(request.text).toContain('[Attached file: Dockerfile]\nFROM node:24\nRUN npm ci\n[End of Dockerfile]');
  expect(request.text).toContain('[Attached file: letter.eml]\nSubject: Tea\n\nIt is ready.\n[End of letter.eml]');
  expect(shown).toMatch(/tool: I read text, tables/);
  expect(shown).toMatch(/old\.xls: (?!I read text, tables)/);
});
