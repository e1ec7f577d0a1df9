import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { corpusFile } from '#test/lib/corpora.ts';
import { findChromium } from '#test/lib/browser.ts';
import { s3Missing } from '#test/lib/s3.ts';

/**
 * A canary for every driver of a corpus: it gets a case that it cannot know, in a field, a value or a word. That case
 * must fail, by its name and for that reason, and a known case beside it must pass.
 */
interface Canary {
  corpus: string;
  driver: string;
  /** A case of the corpus itself that passes. */
  known: string;
  /** Cases that nobody can know. */
  unknown: Record<string, unknown>[];
}

const always = { clientAlive: true, otherServersUsable: true, unhandledRejections: 0 };
const output = { direction: 'output', content: 'hello' };
const input = { direction: 'input', category: 'input' };

const canaries: Canary[] = [
  {
    corpus: 'mcp.json',
    driver: 'services/tool-runner/hostile.test.ts',
    known: 'mcp-transport-008',
    unknown: [
      {
        category: 'transport',
        behaviour: { on: 'tools/call', do: 'sing' },
        expect: { ...always, toolResult: 'error' },
      },
      { category: 'transport', behaviour: { on: 'tools/call', do: 'http-500', twice: true }, expect: always },
      { category: 'jsonrpc', behaviour: { reply: 'rot13' }, expect: { ...always, toolResult: 'timeout' } },
      { category: 'result', behaviour: { content: 'hologram' }, expect: { ...always, toolResult: 'error' } },
      { category: 'jsonrpc', behaviour: { reply: 'bom' }, expect: { ...always, toolResult: 'applause' } },
      { category: 'jsonrpc', behaviour: { reply: 'bom' }, expect: { ...always, sparks: 3 } },
      { category: 'weather', behaviour: {}, expect: always },
      { category: 'notifications', behaviour: { serverRequest: 'a cup of tea' }, expect: always },
      { category: 'transport', behaviour: { on: 'stdio', do: 'sing' }, expect: always },
    ],
  },
  {
    corpus: 'mcp.json',
    driver: 'services/tool-runner/backends/adopt-tools.test.ts',
    known: 'mcp-tools-030',
    unknown: [
      { category: 'tools', behaviour: { schema: 'a schema of smoke' }, expect: { ...always, handling: 'drop' } },
      { category: 'tools', behaviour: { smell: 'roses' }, expect: { ...always, handling: 'drop' } },
      { category: 'tools', behaviour: { rugPull: 'on Sundays' }, expect: always },
      { category: 'tools', behaviour: { description: 'x' }, expect: { ...always, handling: 'frame it' } },
    ],
  },
  {
    corpus: 'ssrf.json',
    driver: 'mcp/fetch/corpus.test.ts',
    known: 'ssrf-legit-003',
    unknown: [
      { category: 'legit', url: 'https://example.com/', expect: 'applaud' },
      { category: 'legit', url: 'https://example.com/', expect: 'allow', response: { body: 'x', trailers: {} } },
    ],
  },
  {
    corpus: 'browser.json',
    driver: 'mcp/playwright/pages.test.ts',
    known: 'browser-text-injection',
    unknown: [
      { category: 'act', page: 'x', do: [{ tool: 'lick' }], expect: { failed: true } },
      { category: 'serve', page: 'x', serve: 'on a plate', expect: { failed: false } },
      { category: 'text', page: 'x', expect: { smells: ['roses'] } },
    ],
  },
  {
    corpus: 'paths.json',
    driver: 'mcp/filesystem/corpus.test.ts',
    known: 'path-traversal-002',
    unknown: [
      { category: 'names', op: 'read', input: 'a.md', expect: 'applaud' },
      { category: 'names', op: 'hardlink', input: 'a.md', expect: 'block' },
      { category: 'race', op: 'read', input: 'a.md', expect: 'error', accept: ['allow'], harness: 'race-of-snails' },
    ],
  },
  {
    corpus: 'sql.json',
    driver: 'mcp/postgres/corpus.test.ts',
    known: 'sql-legit-001',
    unknown: [
      { category: 'legit', sql: 'SELECT 1', expect: 'applaud' },
      { category: 'legit', sql: 'SELECT 1', expect: 'allow', parameters: [1] },
    ],
  },
  {
    corpus: 'timescaledb.json',
    driver: 'mcp/timescaledb/corpus.test.ts',
    known: 'ts-read-001',
    unknown: [
      { category: 'read', tool: 'timescale_travel', arguments: {}, expect: 'answer', says: '.' },
      { category: 'read', tool: 'timescale_query', arguments: { query: 'select 1' }, expect: 'applaud', says: '.' },
      { category: 'weather', tool: 'timescale_query', arguments: { query: 'select 1' }, expect: 'answer', says: '.' },
      { category: 'read', tool: 'timescale_query', arguments: {}, expect: 'error', says: '.', smells: 'of roses' },
    ],
  },
  {
    corpus: 's3.json',
    driver: 'mcp/storage/corpus.test.ts',
    known: 's3-bucket-002',
    unknown: [
      { category: 'bucket', op: 'list', bucket: 'agent-data', expect: 'applaud' },
      { category: 'server', op: 'list', bucket: 'agent-data', expect: 'error', harness: 'sings while it answers' },
      { category: 'bucket', op: 'list', bucket: 'agent-data', expect: 'block', colour: 'red' },
    ],
  },
  {
    corpus: 'discord.json',
    driver: 'services/ingress/text/corpus.test.ts',
    known: 'dc-mentions-001',
    unknown: [
      { ...output, category: 'mentions', expect: { applause: true } },
      { ...output, category: 'mentions', expect: { pings: 2 } },
      { direction: 'output', category: 'mentions', poll: {}, expect: { pings: 0 } },
    ],
  },
  {
    corpus: 'discord.json',
    driver: 'services/ingress/text/embeds.test.ts',
    known: 'dc-exfiltration-008',
    unknown: [
      { direction: 'output', category: 'embeds', embeds: [{ video: {} }], expect: { embedLimits: true } },
      { direction: 'output', category: 'embeds', embeds: [{ title: 'x' }], expect: { applause: true } },
    ],
  },
  {
    corpus: 'discord.json',
    driver: 'services/ingress/request/attachments.corpus.test.ts',
    known: 'dc-attachment-001',
    unknown: [
      { ...input, category: 'attachment', attachment: { name: 'a.png' }, expect: { verdict: 'applaud' } },
      { ...input, category: 'attachment', attachment: { real: 'a sculpture' }, expect: { verdict: 'refuse' } },
      { ...input, category: 'attachment', attachment: { smell: 'roses' }, expect: { verdict: 'use' } },
    ],
  },
  {
    corpus: 'discord.json',
    driver: 'test/discord/corpus/input.test.ts',
    known: 'dc-input-002',
    unknown: [
      { ...input, content: '<@BOT> hello', sticker: 'x', expect: { verdict: 'run' } },
      { ...input, category: 'weather', content: '<@BOT> hello', expect: { verdict: 'run' } },
      { ...input, telepathy: true, expect: { verdict: 'run' } },
      { direction: 'sideways', category: 'weather', content: 'hello', expect: { verdict: 'run' } },
      { ...input, content: '<@BOT> hello', expect: { verdict: 'applaud' } },
    ],
  },
  {
    corpus: 'discord.json',
    driver: 'test/discord/corpus/approval.test.ts',
    known: 'dc-approval-002',
    unknown: [
      { ...input, category: 'approval', clicker: 'a ghost', expect: { verdict: 'refuse' } },
      { ...input, category: 'approval', cardDeleted: true, fire: true, expect: { verdict: 'expires to deny' } },
    ],
  },
  {
    corpus: 'discord.json',
    driver: 'test/discord/corpus/floods.test.ts',
    known: 'dc-input-027',
    unknown: [{ ...input, burst: 3, in: 'a forum', expect: { verdict: 'rate limit: first N run' } }],
  },
  {
    corpus: 'discord.json',
    driver: 'test/discord/corpus/transport.test.ts',
    known: 'dc-transport-012',
    unknown: [
      { ...input, category: 'transport', gateway: 'op 99', expect: { verdict: 'ignore' } },
      { ...input, category: 'transport', rest: '429 shared', expect: { verdict: 'all buckets wait' } },
    ],
  },
];

interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: { title: string; status: string; failureMessages: string[] }[];
  }[];
}

const root = path.resolve(import.meta.dirname, '../..');
const idOf = (canary: Canary, at: number) => `canary-${canaries.indexOf(canary)}-${at}`;
let folder: string;
let report: Report;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-canary-'));
  cpSync(path.dirname(corpusFile('mcp.json')), folder, { recursive: true });
  for (const corpus of new Set(canaries.map((each) => each.corpus))) plant(corpus);
  report = await runDrivers();
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function plant(corpus: string): void {
  const file = path.join(folder, corpus);
  const content = JSON.parse(readFileSync(file, 'utf8')) as { cases: object[] };
  for (const canary of canaries.filter((each) => each.corpus === corpus)) {
    const cases = canary.unknown.map((each, at) => ({ id: idOf(canary, at), why: 'canary', ...each }));
    content.cases.push(...cases);
  }
  writeFileSync(file, JSON.stringify(content));
}

/** Runs the drivers as `npm test` does, with only the canaries and the known cases. */
async function runDrivers(): Promise<Report> {
  const names = ['canary-', ...canaries.map(({ known }) => `${known}:`)].join('|');
  const output = path.join(folder, 'report.json');
  const args = [
    'run',
    '--reporter=json',
    `--outputFile=${output}`,
    '-t',
    names,
    ...canaries.map(({ driver }) => driver),
  ];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const child = spawn(path.join(root, 'node_modules/.bin/vitest'), args, {
    cwd: root,
    env: { ...env, DRAGOMAN_CORPORA: folder },
    stdio: 'ignore',
  });
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(readFileSync(output, 'utf8')) as Report;
}

// The storage driver runs only where there is an S3 server, the browser's only where there is a Chromium.
const missing = new Set([
  ...(s3Missing === undefined ? [] : ['s3.json']),
  ...(findChromium() === undefined ? ['browser.json'] : []),
]);
const run = canaries.filter(({ corpus }) => !missing.has(corpus));

test.each(run.map((canary) => [canary.driver, canary] as const))(
  '%s fails for what it does not know, by name, and for nothing else',
  (driver, canary) => {
    const ran = report.testResults.find(({ name }) => name === path.join(root, driver));
    const results = ran?.assertionResults ?? [];
    for (const [at] of canary.unknown.entries()) {
      const own = results.filter(({ title }) => title.startsWith(`${idOf(canary, at)}:`));
      expect(own.map(({ status }) => status)).toEqual(['failed']);
      expect(own[0]?.failureMessages.join('\n')).toContain('NotUnderstood: the driver does not know');
    }
    const known = results.filter(({ title }) => title.startsWith(`${canary.known}:`));
    expect(known.map(({ status }) => status)).toEqual(['passed']);
  },
);
