import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { startTestTimescale } from './server.ts';

test('each connection gets the answers to its own questions, however quickly the next one follows', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-timescale-'));
  const server = await startTestTimescale({ folder: path.join(folder, 'data') });
  const answers: unknown[] = [];
  try {
    const ask = async (no: number) => {
      const client = new Client({ connectionString: server.url });
      await client.connect();
      const { rows } = await client.query<{ no: number }>(`SELECT ${no} AS no`);
      answers.push(rows[0]?.no);
      // Some leave without a word.
      if (no % 3 === 0) client.connection.stream.destroy();
      await client.end();
    };
    for (let no = 0; no < 20; no += 1) await ask(no);
    await Promise.all(Array.from({ length: 10 }, (_, no) => ask(20 + no)));
  } finally {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
  expect(answers).toEqual(Array.from({ length: 30 }, (_, no) => no));
}, 120_000);
