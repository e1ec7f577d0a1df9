import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as fetchDomain from '#mcp/fetch/domain.ts';
import * as filesystemDomain from '#mcp/filesystem/domain.ts';
import type { Domain } from '#mcp/kit.ts';
import * as postgresDomain from '#mcp/postgres/domain.ts';
import * as storageDomain from '#mcp/storage/domain.ts';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestShop, type TestShop } from '#test/lib/shop.ts';
import { clock, playedTool, realTool, startAsker, type Asked, type Asker, type OfferedTool } from './testing.ts';

// Questions as people ask them, with right answers that SQL computes. The model may say that it does not know; it may
// never say what is false.

interface Asking {
  ask: string;
  /** What was asked before it in the same conversation. */
  before?: string | string[];
  /** A statement whose cells all stand in a right answer. */
  sql?: string;
  /** The same, where it is no fault not to understand the question. */
  maybe?: string;
  says?: string[];
  'maybe-says'?: string[];
  /** The time zone that must be asked for. */
  zone?: string;
  /** True when nothing that the tools reach answers it. */
  none?: boolean;
}

const askings = ['data', 'other', 'follow-ups', 'later', 'several', 'outside'].flatMap(
  (name) => JSON.parse(readFileSync(path.join(import.meta.dirname, 'questions', `${name}.json`), 'utf8')) as Asking[],
);

/** What README.md and the playground's page propose to newcomers. */
function proposed(): string[] {
  const text = (file: string) => readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8');
  const [, list = ''] = /## Ten questions to try\n([\s\S]*?)\n## /.exec(text('README.md')) ?? [];
  const [, chips = ''] = /QUESTIONS = \[([\s\S]*?)\]/.exec(text('services/playground/page/examples.js')) ?? [];
  const inReadme = [...list.matchAll(/^\d+\. (.+)$/gm)].map(([, question = '']) => question);
  expect(inReadme).toHaveLength(10);
  return [...inReadme, ...[...chips.matchAll(/'([^']+)'/g)].map(([, question = '']) => question)];
}

const HONEST =
  /\bdo not (?:understand|know)|\bI cannot\b|found none that fits|need to know more|no knowledge of my own|is no file|no such file|does not exist|There is no /i;

let shop: TestShop;
let asker: Asker;
let tools: OfferedTool[];
const domains: Domain[] = [];
const root = mkdtempSync(path.join(tmpdir(), 'offline-questions-'));

const played: Record<string, string> = {
  fetch: '# Example Domain\n\nThis domain is for use in examples.',
  minio_list_buckets: 'demo\nreports (read only)',
  minio_list_objects: 'a.txt  12 bytes  2026-11-01T10:00:00.000Z\nreports/b.csv  4096 bytes  2026-11-02T10:00:00.000Z',
};

beforeAll(async () => {
  for (const folder of ['notes', 'handbook']) mkdirSync(path.join(root, folder));
  writeFileSync(path.join(root, 'notes', 'welcome.md'), '# Welcome\n\nHello there.\n');
  writeFileSync(path.join(root, 'data.csv'), 'a,b\n1,2\n');
  [shop, asker] = await Promise.all([startTestShop(), startAsker()]);
  domains.push(
    filesystemDomain.createDomain(filesystemDomain.config.parse({ FILESYSTEM_ROOT: root })),
    postgresDomain.createDomain(postgresDomain.config.parse({ POSTGRES_URL: shop.readerUrl })),
    storageDomain.createDomain(
      storageDomain.config.parse({
        S3_ENDPOINT: 'http://127.0.0.1:1',
        S3_ACCESS_KEY: 'key',
        S3_SECRET_KEY: 'secret-key',
      }),
    ),
    fetchDomain.createDomain(fetchDomain.config.parse({})),
  );
  tools = domains.flatMap((domain) =>
    domain.tools.map((tool) => {
      const text = played[tool.name];
      return text === undefined ? remembering(realTool(tool)) : playedTool(tool, text);
    }),
  );
  tools.push(clock);
}, POSTGRES_START_TIMEOUT_MS);

afterAll(async () => {
  for (const domain of domains) await domain[Symbol.asyncDispose]();
  await asker?.[Symbol.asyncDispose]();
  await shop?.[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

/** The tables do not change here, and most questions look at them all. */
function remembering(tool: OfferedTool): OfferedTool {
  if (!/_(?:list_tables|describe_table)$/.test(tool.wire.name)) return tool;
  const known = new Map<string, string | Promise<string>>();
  return {
    wire: tool.wire,
    answer(args) {
      const key = JSON.stringify(args);
      const answer = known.get(key) ?? tool.answer(args);
      known.set(key, answer);
      return answer;
    },
  };
}

/** A talk as the worker tells it with the next question: calls stand in short below the question that they were made for. */
function talkAfter(question: string, { answer, calls }: Asked, before: Asked['messages'] = []): Asked['messages'] {
  const called = calls.map(
    ({ name, arguments: args }) => `${name} ${JSON.stringify(args)}: the date, the time, 5 rows`,
  );
  const note = called.length === 0 ? '' : `\n\n[For this you called, in short:\n${called.join('\n')}]`;
  return [
    ...(before.length === 0 ? [{ role: 'system' as const, content: 'You are Dragoman.' }] : before),
    { role: 'user', content: `Ada: ${question}${note}` },
    { role: 'assistant', content: answer },
  ];
}

type Verdict = 'right' | 'honest' | 'wrong';

const verdicts: Record<Verdict, string[]> = { right: [], honest: [], wrong: [] };

describe('questions', () => {
  test.each(askings)('$ask', async (asking) => {
    let before: Asked['messages'] | undefined;
    for (const question of asking.before === undefined ? [] : [asking.before].flat())
      before = talkAfter(question, await asker.ask(question, tools, before), before);
    const asked = await asker.ask(asking.ask, tools, before);
    const verdict = await judge(asking, asked);
    verdicts[verdict].push(`${asking.ask}\n    → ${asked.answer.replaceAll('\n', '\n      ')}`);
    expect(verdict, asked.answer).not.toBe('wrong');
  });

  test('those that are proposed to newcomers are answered right', () => {
    const right = verdicts.right.map((told) => told.split('\n')[0]);
    expect(proposed().filter((question) => !right.includes(question))).toEqual([]);
  });

  test('most of them are answered', () => {
    if (process.env['SHOW_QUESTIONS'])
      console.log(verdicts.honest.join('\n'), '\n\n-----RIGHT\n', verdicts.right.join('\n'));
    console.log(
      `${verdicts.right.length} right, ${verdicts.honest.length} honest, ${verdicts.wrong.length} wrong of ${askings.length}`,
    );
    expect(verdicts.right.length).toBeGreaterThanOrEqual(325);
  });
});

async function judge(asking: Asking, { answer, calls }: Asked): Promise<Verdict> {
  const isHonest = HONEST.test(answer);
  if (asking.none) return isHonest ? 'right' : 'wrong';
  const wanted = await wantedIn(asking, calls);
  if (tellsAll(answer, asking.sql ?? asking.maybe)) return 'wrong';
  if (wanted.length > 0 && wanted.every((each) => has(answer, each)) && !isHonest) return 'right';
  return isHonest ? 'honest' : 'wrong';
}

/** Ties with the last of those that were asked for. */
const ties = 5;

/** Whether an answer lists far more rows than those that were asked for: the right one is among them by chance. */
function tellsAll(answer: string, sql = ''): boolean {
  const limit = /\bORDER BY .+ LIMIT (\d)$/.exec(sql)?.[1];
  const rows = (answer.match(/^\|/gm) ?? []).length - 2;
  return limit !== undefined && rows > Number(limit) + ties;
}

async function wantedIn(asking: Asking, calls: Asked['calls']): Promise<string[]> {
  if (asking.zone !== undefined) {
    const last = calls.findLast(({ name }) => name === 'current_time');
    const isRight = last !== undefined && (last.arguments['timezone'] ?? 'UTC') === asking.zone;
    return isRight ? ['17:16'] : ['the time of another place'];
  }
  const sql = asking.sql ?? asking.maybe;
  if (sql === undefined) return asking.says ?? asking['maybe-says'] ?? [];
  const rows = await shop.admin(sql, 'shop');
  return rows.flatMap((row) => Object.values(row).map(String));
}

/** Whether a value stands in a text by itself: 85 is not in 1850. */
function has(answer: string, value: string): boolean {
  const plain = answer.replaceAll(/(?<=\d),(?=\d{3})/g, '');
  const shape = value.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const zeros = /^\d+\.\d+$/.test(value) ? '0*' : String.raw`(?:\.0+)?`;
  return new RegExp(
    String.raw`(?<![\p{L}\p{N}]|\d\.)${shape}${/^\d/.test(value) ? zeros : ''}(?![\p{L}\p{N}])`,
    'u',
  ).test(plain);
}
