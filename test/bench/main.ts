// npm run bench: measures the product and the minimal pipeline in turns, in one run. On a busy machine only ratios and
// CPU count.
// Then measures the bytes of what Redis keeps. --bytes: only these. --lists: how long operators' lists take in a large
// store. --tools: what is added to a call of each domain's tools. --start: how long npm start takes, and what it holds.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { startTestRedis } from '#test/lib/redis.ts';
import { benchArguments } from '#test/scripts.ts';
import { listCommands } from './commands.ts';
import { discordCommands } from './discord-trips.ts';
import { measureBytes } from './bytes.ts';
import { measureLists } from './lists.ts';
import { measureFirstSign } from './first-sign.ts';
import { measureHttp } from './http.ts';
import { measureKeyLookup } from './key-lookup.ts';
import { inTurns, load, rounds, steady } from './measures.ts';
import { measureTokens } from './tokens/measure.ts';
import { comparePeers } from './peers/compare.ts';
import { startMinimal, startProduct, type Backends } from './pipelines.ts';
import { startProcess, type Started } from './processes.ts';
import { report, type Sizes } from './report.ts';
import { measureStart } from './start.ts';
import { measureTools } from './tools.ts';

const words = Array.from({ length: 32 }, (_, index) => `word${index}`).join(' ');
const rules = {
  rules: [
    { match: 'http-short', turns: [{ text: words }] },
    { match: 'http-long', turns: [{ text: `${words} `.repeat(20), chunkSize: 8, chunkDelayMs: 4 }] },
    { match: 'http-never', turns: [{ hang: true }] },
    {
      match: 'bench',
      turns: [{ toolCalls: [{ name: 'read_file', arguments: { path: 'note.txt' } }] }, { text: words }],
    },
  ],
};
const modelMs = 500;
const quick = { warmUp: 400, serial: 60, saturationRounds: 3, saturation: 300, slowRounds: 1, windowMs: 4_000 };
const full = { warmUp: 1_500, serial: 400, saturationRounds: 5, saturation: 1_000, slowRounds: 3, windowMs: 8_000 };

const quickHttp = { warmUp: quick.warmUp, serial: 60, streams: 5, inFlight: 32, saturation: 400, idle: 200 };
const quickTools = { warmUp: 5, serial: 50, together: 64, inFlight: 8 };
const fullTools = { warmUp: 20, serial: 300, together: 400, inFlight: 8 };
const fullHttp = { warmUp: full.warmUp, serial: 300, streams: 20, inFlight: 64, saturation: 2_000, idle: 500 };

type Values = ReturnType<typeof benchArguments.parse>['values'];

async function main(values: Values): Promise<void> {
  const isQuick = values.quick;
  const listSizes = isQuick
    ? { runs: 10_000, rows: 100_000, times: 20 }
    : { runs: 100_000, rows: 1_000_000, times: 30 };
  if (values['first-sign']) {
    say(`load average ${loadNow()}`);
    process.stdout.write(`${await measureFirstSign(isQuick, say)}\nload average ${loadNow()}\n`);
    return;
  }
  if (values.tokens) return void process.stdout.write(`${await measureTokens(say)}\n`);
  if (values.keys) return void process.stdout.write(`${await measureKeyLookup(isQuick ? 5_000 : 40_000, say)}\n`);
  if (values.start)
    return void process.stdout.write(
      await measureStart(isQuick ? { fresh: 1, later: 3 } : { fresh: 5, later: 5 }, say),
    );
  if (values.tools) return void process.stdout.write(await measureTools(isQuick ? quickTools : fullTools, say));
  if (values.lists) process.stdout.write(await measureLists(listSizes, say));
  else if (!values.bytes) await comparePipelines(values);
  if (!values.lists && !values.http) process.stdout.write(`${await measureBytes(isQuick ? 500 : 5_000, say)}\n`);
}

async function comparePipelines(values: Values): Promise<void> {
  const { quick: isQuick, 'durable-peers': isAmongPeers } = values;
  const sizes: Sizes = { ...(isQuick ? quick : full), inFlight: 64, slowInFlight: 200, modelMs };
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-bench-'));
  await writeFile(path.join(folder, 'note.txt'), 'A note of some two hundred characters. '.repeat(5));
  await writeFile(path.join(folder, 'rules.json'), JSON.stringify(rules));
  await using model = await startProcess(
    'test/model/main.ts',
    { PLAYED_MODEL_RULES: path.join(folder, 'rules.json') },
    (line) => line['ready'] === true,
  );
  const modelUrl = new URL(String(model.ready['url'])).origin;
  const played = { modelUrl, workspace: folder, expected: 'word31' };
  say(`load average ${loadNow()}`);
  if (values.http) process.stdout.write(`${await measureHttp(isQuick ? quickHttp : fullHttp, played, say)}\n`);
  else if (isAmongPeers) await comparePeers({ model, backends: played, isQuick, say });
  else await compareMinimal(sizes, played, model);
  say(`load average ${loadNow()}`);
  await rm(folder, { recursive: true });
}

async function compareMinimal(sizes: Sizes, played: Omit<Backends, 'redisUrl'>, model: Started): Promise<void> {
  const { modelUrl } = played;
  await using redis = await startTestRedis({ durable: true });
  const backends = { ...played, redisUrl: redis.url };
  await using minimal = await startMinimal(backends);
  await using product = await startProduct(backends);
  const pipelines = [minimal, product];
  const shared = { redis: redis.pid() ?? 0, model: model.pid };
  say(`Redis with appendfsync always for both; warming up`);

  for (const pipeline of pipelines) await load(pipeline, sizes.warmUp, 32);
  say('one at a time');
  const idle = await inTurns(pipelines, sizes.serial);
  say('as many as they can');
  const saturated = await rounds(pipelines, sizes.saturationRounds, (pipeline) =>
    load(pipeline, sizes.saturation, sizes.inFlight, shared),
  );
  say('many at once, waiting for the model');
  await setLatency(modelUrl, modelMs);
  const window = { inFlight: sizes.slowInFlight, rampMs: 2 * modelMs, windowMs: sizes.windowMs };
  const waiting = await rounds(pipelines, sizes.slowRounds, (pipeline) => steady(pipeline, window));

  process.stdout.write(report(sizes, { idle, saturated, waiting }));
  await setLatency(modelUrl, 0);
  const commands = await discordCommands(backends);
  process.stdout.write(`\nRedis commands of one question in Discord with one tool call\n${listCommands(commands)}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function loadNow(): string {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
}

async function setLatency(modelUrl: string, latencyMs: number): Promise<void> {
  const answer = await fetch(`${modelUrl}/control`, { method: 'POST', body: JSON.stringify({ latencyMs }) });
  if (!answer.ok) throw new Error(`the played model refused its latency: ${answer.status}`);
}

const given = benchArguments.read(process.argv.slice(2));
if (given) await main(given.values);
