import type { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { connectRedis } from '#shared/redis/connect.ts';
import { keys } from '#shared/redis/keys.ts';
import { parsePolicy } from '#shared/rights/policy.ts';
import type { Caller } from '#shared/run/request.ts';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { described, testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { memoryTools } from './tools.ts';

interface Step {
  as: string;
  tool: string;
  arguments: Record<string, unknown>;
  /** Text from outside was read before this call. */
  outside?: boolean;
  shows?: string[];
  hides?: string[];
  fails?: string[];
  order?: string[];
  once?: string;
  marked?: boolean;
}

interface MemoryCase extends CorpusCase {
  steps: Step[];
  /** How many memories Ada has before the steps. */
  fill?: number;
  /** Everything that was saved is made older than memories are kept, before `after`. */
  old?: boolean;
  after?: Step[];
}

const policy = parsePolicy(`
version: 1
roles: { member: { allow: ["memory_save"] }, operator: { allow: ["*"] } }
members: { everyone: [member], terminal: [operator], api_keys: {}, discord_roles: { op: [operator] } }
`);
const most = 5;
const ttlMs = 86_400_000;

const discord = (id: string, name: string, more: Partial<Caller> = {}): Caller => ({
  kind: 'discord',
  id,
  name,
  discordRoles: [],
  guild: 'demo',
  channel: 'general',
  ...more,
});
const operator = { discordRoles: ['op'] };
const callers: Record<string, Caller> = {
  Ada: discord('ada', 'Ada', operator),
  AdaElsewhere: discord('ada', 'Ada', { guild: 'elsewhere', channel: 'far' }),
  AdaDm: { kind: 'discord', id: 'ada', name: 'Ada', discordRoles: [], channel: 'dm' },
  Max: discord('max', 'Max'),
  MaxInOps: discord('max', 'Max', { channel: 'ops' }),
  MaxInThread: discord('max', 'Max', { channel: 'thread' }),
  Olga: discord('olga', 'Olga', operator),
  OlgaDemoted: discord('olga', 'Olga'),
  Otto: discord('otto', 'Otto', operator),
  Evil: discord('evil', 'me; 2026] [x](http://evil', operator),
  terminalAda: { kind: 'terminal', id: 'ada', name: 'ada', discordRoles: [] },
  apiAda: { kind: 'api', id: 'ada', name: 'ada', discordRoles: [] },
  apiBob: { kind: 'api', id: 'bob', name: 'bob', discordRoles: [] },
  apiColon: { kind: 'api', id: 'x:person:discord:ada', name: 'colon', discordRoles: [] },
};

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'test');
});
afterAll(async () => {
  redis?.disconnect();
  await server?.[Symbol.asyncDispose]();
});

const stepWords: Vocabulary = {
  as: Object.keys(callers),
  tool: /^memory_(?:save|search|list|delete)$/,
  arguments: 'any',
  outside: [true],
  shows: 'any',
  hides: 'any',
  fails: 'any',
  order: 'any',
  once: 'any',
  marked: [true],
};

testCases<MemoryCase>({
  name: 'memory',
  cases: loadCorpus<MemoryCase>('memory.json').cases,
  vocabulary: {
    ...described,
    category: ['owners', 'rights', 'words', 'texts', 'arguments', 'bounds'],
    steps: stepWords,
    fill: [5],
    old: [true],
    after: stepWords,
  },
  async run({ steps, fill = 0, old, after = [] }) {
    await redis.flushall();
    let last = '';
    async function play(step: Step): Promise<string[]> {
      const answer = await call(step, last);
      last = /as ([0-9a-f]{10})/.exec(answer.text)?.[1] ?? last;
      return problems(step, answer);
    }
    const found: string[] = [];
    for (let n = 0; n < fill; n += 1) {
      found.push(...(await play({ as: 'Ada', tool: 'memory_save', arguments: { text: `number ${n}` } })));
    }
    for (const step of steps) found.push(...(await play(step)));
    if (old === true) await age();
    for (const step of after) found.push(...(await play(step)));
    return found;
  },
});

/** Makes everything older than it is kept. */
async function age(): Promise<void> {
  const owner = keys.memory('person:discord:ada');
  for (const [id, text] of Object.entries(await redis.hgetall(owner))) {
    const entry = JSON.parse(text) as { at: number };
    await redis.hset(owner, id, JSON.stringify({ ...entry, at: entry.at - ttlMs - 1 }));
  }
}

interface Answer {
  text: string;
  failed: boolean;
}

async function call({ as, tool: name, arguments: args, outside = false }: Step, last: string): Promise<Answer> {
  const access = {
    redis,
    policy: { current: () => policy, [Symbol.asyncDispose]: async () => undefined },
    limits: { most, ttlMs },
  };
  const builtin = memoryTools(access).find(({ tool }) => tool.name === name);
  if (!builtin) throw new Error(`there is no ${name}`);
  const filled = Object.fromEntries(
    Object.entries(args).map(([key, value]) => [key, value === '{last}' ? last : value]),
  );
  const order = {
    runId: 'run',
    caller: understood(callers, as, 'as'),
    tool: { ...builtin.tool, permission: 'allow' as const },
    arguments: filled,
    idempotencyKey: 'key',
    outside,
    signal: new AbortController().signal,
  };
  try {
    const said = await builtin.run(filled, order);
    return { text: typeof said === 'string' ? said : said.content, failed: false };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { text: error.message, failed: true };
  }
}

function problems(step: Step, { text, failed }: Answer): string[] {
  const { shows = [], hides = [], fails, order = [], once, marked } = step;
  const has = (part: string) => text.includes(part);
  const places = order.map((part) => text.indexOf(part));
  const sorted = places.every((place, at) => place >= 0 && (at === 0 || place > (places[at - 1] ?? 0)));
  return [
    ...(failed === (fails !== undefined) ? [] : [`${failed ? 'failed' : 'did not fail'}: ${text}`]),
    ...(fails === undefined || fails.some(has) ? [] : [`none of ${fails.join(' | ')} in: ${text}`]),
    ...shows.filter((part) => !has(part)).map((part) => `does not show ${part}: ${text}`),
    ...hides.filter(has).map((part) => `shows ${part}: ${text}`),
    ...(sorted ? [] : [`not in the order ${order.join(', ')}: ${text}`]),
    ...(once === undefined || text.split(once).length === 2 ? [] : [`${once} does not stand once: ${text}`]),
    ...(marked !== true || /^<(data-[\w-]+) [^>]*>\n[\s\S]*\n<\/\1>$/.test(text) ? [] : [`not marked: ${text}`]),
  ];
}
