import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '#shared/rights/api-keys.ts';
import { keys } from '#shared/redis/keys.ts';
import { startServiceProcess, type ServiceProcess } from '#test/lib/service-process.ts';
import { randomOf } from '#test/sequences/random.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import { wrongWith } from './fuzz/judge.ts';
import { fuzzRequest, type FuzzRequest, type Known } from './fuzz/requests.ts';
import { open, readAnswer, requestBytes, type RawAnswer } from './raw-http.ts';

/** FUZZ_CASES=20000 FUZZ_SEED=7 npm test -- api/fuzz plays more, and others. */
const count = Number(process.env['FUZZ_CASES'] ?? 500);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
/** How many answers had which status. */
const statuses: Record<string, number> = {};
/** Requests under way at once. */
const atOnce = 10;
/** Milliseconds after which an answer hangs. */
const hangsMs = 60_000;
/** Megabytes by which the door may grow after its first fifth of a long form. */
const growthMb = 60;

let rig: Rig;
let worker: AsyncDisposable;
let door: ServiceProcess;
let url: string;

beforeAll(async () => {
  rig = await startRig({ model: { models: ['gpt-agent', 'other'], extra: embeddings } });
  rig.model.handle(() => ({ text: 'Hello, whoever you are.' }));
  const toolbox = createPlayedToolbox({ look: { run: () => '42' } });
  worker = await rig.worker({ toolbox }, { WORKER_CONCURRENCY: 50 });
  door = await startServiceProcess('services/api/main.ts', {
    REDIS_URL: rig.server.url,
    LITELLM_API_BASE: rig.model.url,
    MODEL_NAME: 'gpt-agent',
    API_PORT: '0',
    // What is kept for no reason shows early where there is little room.
    NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=4',
    API_REQUEST_TIMEOUT_MS: '5000',
    API_REQUESTS_PER_MINUTE: '1000000',
    API_MAX_PENDING: '10000',
  });
  url = new URL(door.addresses['api'] ?? '').origin;
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

async function embeddings(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  if (request.url !== '/v1/embeddings') return false;
  await text(request);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ object: 'list', data: [], usage: { prompt_tokens: 1, total_tokens: 1 } }));
  return true;
}

test(
  `${count} hostile requests: each is answered in the shape of OpenAI, never with a failure; the door lives on`,
  async () => {
    const { key } = await createApiKey(rig.redis, { name: 'fuzz', roles: ['member'] });
    const known: Known = { key, models: ['gpt-agent', 'gpt-agent', 'dragoman', 'other-without-tools'], runs: [] };
    const problems: string[] = [];
    const sizes: number[] = [];
    let next = 0;
    const client = async () => {
      while (next < count) {
        const at = (next += 1);
        const request = fuzzRequest(randomOf(seed * 1_000_003 + at), known);
        const problem = await play(request);
        if (problem !== undefined) problems.push(`FUZZ_SEED=${seed} case ${at}: ${problem}: ${shown(request)}`);
        if (at % 100 === 0) {
          known.runs = await rig.redis.zrevrange(keys.recent, 0, 9);
          rig.model.requests.length = 0;
          sizes.push(await residentMb(door.pid));
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, client));
    expect(problems.slice(0, 20)).toEqual([]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(
      door
        .output()
        .split('\n')
        .filter((line) => /"level":(?:50|60)/.test(line)),
    ).toEqual([]);
    const settled = sizes[Math.floor(sizes.length / 5)] ?? 0;
    console.log(`fuzz: ${count} requests, answers ${JSON.stringify(statuses)}`);
    console.log(
      `the door has ${sizes.at(-1)} MB, ${settled} MB after a fifth`,
      sizes.filter((_, at) => at % 10 === 0).join(' '),
    );
    if (count >= 5_000) expect((sizes.at(-1) ?? 0) - settled).toBeLessThan(growthMb);
  },
  60_000 + count * 100,
);

/** Sends one request as its client does. Returns what is wrong with what came back. */
async function play(request: FuzzRequest): Promise<string | undefined> {
  const bytes = requestBytes(new URL(url), request);
  const socket = await open(url);
  const answer = within(readAnswer(socket));
  // The server may close before everything was sent.
  socket.on('error', () => undefined);
  const most = Math.floor(bytes.length * 0.7);
  switch (request.client) {
    case 'waits':
      socket.write(bytes);
      break;
    case 'half-closed':
      socket.end(bytes);
      break;
    case 'stops-within':
      socket.end(bytes.subarray(0, most));
      break;
    case 'leaves':
      socket.write(bytes, () => socket.destroy());
      return (await answer) === 'hangs' ? 'it hangs' : undefined;
  }
  const came = await answer;
  if (came !== 'hangs') statuses[came.status] = (statuses[came.status] ?? 0) + 1;
  if (came === 'hangs') {
    socket.destroy();
    return 'it hangs';
  }
  // A client that says no more has left: most libraries say so in this way.
  if (request.client !== 'waits' && came.status === 'close') return undefined;
  const wrong = wrongWith(request, came);
  return wrong && `${wrong}: ${came.status} ${came.body.slice(0, 300)}`;
}

async function within(answer: Promise<RawAnswer>): Promise<RawAnswer | 'hangs'> {
  const late = Promise.withResolvers<'hangs'>();
  const timer = setTimeout(() => late.resolve('hangs'), hangsMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function shown({ client, method, path, headers, body }: FuzzRequest): string {
  return `${client} ${method} ${path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 400)} ${body?.toString().slice(0, 1_200) ?? ''}`;
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
}
