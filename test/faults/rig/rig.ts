import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoIds } from '#services/playground/state/demo.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { freePort } from '#test/lib/ports.ts';
import { writePlan, type Plan } from '../played/plan.ts';
import type { Clocks } from './clocks.ts';
import { playedDiscord, type PlayedDiscord } from './discord.ts';
import { describeCases } from './describe.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { settle, type Place } from './places.ts';
import { startRigProcess } from './process.ts';
import { restartable, type Restartable } from './restartable.ts';
import { openWitnesses } from './witnesses.ts';
import { createWorkerPool, type WorkerPool } from './workers.ts';

export interface RigOptions {
  workers: number;
  workerEnv?: Record<string, string>;
  ingressEnv?: Record<string, string>;
  playgroundEnv?: Record<string, string>;
  /** Milliseconds between two chunks of the played model. */
  chunkDelayMs?: number;
  /** Flags for Node itself, for workers, ingress and tool-runner. */
  flags?: string[];
  /** Clocks of the processes and of Redis, which can be stepped. */
  clocks?: Clocks;
  /** Folders on disks of their own, where Redis and the tool-runner store their data. */
  disks?: { redis: string; runner: string };
  /** A checkout of an older version. Every second worker and every second ingress then runs it. */
  oldTree?: string | undefined;
  /** REDIS_URL of the test's own Redis; otherwise the rig starts one. */
  redisUrl?: string;
}

/** The whole system as real processes, with the model, the tools and Discord played. */
export interface Rig extends AsyncDisposable {
  /** The file that lists the points at which processes with `crashFlags` have ended, or which they have passed. */
  crashes: string;
  /** The rig's own Redis. Throws when the test has brought one. */
  redis: TestRedis;
  redisUrl: string;
  discord: PlayedDiscord;
  /** Address of the played model, whose `/control` switches it. */
  model: string;
  ledger: Ledger;
  workers: WorkerPool;
  /** Restartable processes. */
  ingress: Restartable;
  runner: Restartable;
  /** Asks as a person, from the next place in turn unless one is given. */
  ask(plan: Plan, place?: Place): Promise<void>;
  /** Reads what the witnesses have written since the last look. */
  look(): void;
  /** Makes every wait reject, because the rig itself does not work as it should. */
  fail(error: unknown): void;
  /** Waits until the condition holds, and looks all the time. False when the time is over. */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean>;
  places: Place[];
  /** The journals and records of these cases, for people who look for the cause of a finding. No check reads them. */
  journals(cases: string[]): Promise<string>;
}

export const rigSigningKey = 'the-key-of-the-fault-suite-alone';
const policy = `version: 1
roles: { all: { allow: ["*"], approve: ["*sign", "*lapse"] } }
members: { everyone: [all] }
`;

export async function startRig(options: RigOptions): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-faults-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const witnesses = openWitnesses(folder);
  const clockOf = (name: string) => options.clocks?.envOf(name) ?? {};
  const crashes = path.join(folder, 'crashes.jsonl');
  const own =
    options.redisUrl === undefined
      ? stack.use(
          await startTestRedis({
            durable: true,
            env: clockOf('redis'),
            ...(options.disks && { folder: options.disks.redis }),
          }),
        )
      : undefined;
  const redisUrl = options.redisUrl ?? own?.url ?? '';
  const files = await writeFiles(folder, witnesses.files.tools);
  const token = `token-${randomUUID()}`;
  const [model, playground] = await Promise.all([
    startRigProcess('test/faults/played/model.ts', {
      MODEL_WITNESS: witnesses.files.model,
      MODEL_CHUNK_DELAY_MS: String(options.chunkDelayMs ?? 5),
    }),
    startRigProcess('services/playground/main.ts', {
      PLAYGROUND_PORT: '0',
      PLAYGROUND_RATE_LIMITS: 'off',
      PLAYGROUND_TOKEN: token,
      PLAYGROUND_WITNESS_FILE: witnesses.files.discord,
      ...options.playgroundEnv,
    }),
  ]);
  stack.use(model);
  stack.use(playground);
  const common = {
    REDIS_URL: redisUrl,
    DRAGOMAN_SIGNING_KEY: rigSigningKey,
    POLICY_FILE: files.policy,
    MCP_SERVERS_FILE: files.servers,
    CRASH_WITNESS: crashes,
  };
  const trees = options.oldTree === undefined ? [] : [undefined, options.oldTree];
  const runnerPort = String(await freePort());
  const runner = stack.use(
    restartable(
      'services/tool-runner/main.ts',
      {
        ...common,
        ...clockOf('runner'),
        MCP_SERVER: 'played',
        HOST: '127.0.0.1',
        PORT: runnerPort,
        IDEMPOTENCY_FILE: path.join(options.disks?.runner ?? folder, 'calls.jsonl'),
      },
      options.flags,
    ),
  );
  const ingress = stack.use(
    restartable(
      'services/ingress/main.ts',
      {
        ...common,
        ...clockOf('ingress'),
        DISCORD_TOKEN: token,
        DISCORD_API_BASE: playground.addresses['discordApiBase'] ?? '',
        DISCORD_BURST_MS: '0',
        DISCORD_MAX_PENDING: '1000',
        DISCORD_REACTIONS: 'off',
        DISCORD_FOOTER: 'verbose',
        ...options.ingressEnv,
      },
      options.flags,
      trees,
    ),
  );
  await Promise.all([runner.start(), ingress.start()]);
  const discord = playedDiscord(playground.addresses['page'] ?? '');
  const workers = stack.use(
    createWorkerPool(
      (name) => ({
        ...common,
        ...clockOf(name),
        LITELLM_API_BASE: model.addresses['model'] ?? '',
        LITELLM_API_KEY: name,
        MODEL_NAME: 'played-model',
        TOOL_RUNNERS: `played=http://127.0.0.1:${runnerPort}/mcp`,
        WORKER_CONCURRENCY: '30',
        ...options.workerEnv,
      }),
      options.flags,
      trees,
    ),
  );
  for (let at = 0; at < options.workers; at += 1) await workers.start();
  const places = await settle(discord);
  const ledger = createLedger();
  let turn = 0;
  let failure: unknown;
  const look = () => ledger.take(witnesses.news());
  const owned = stack.move();
  return {
    crashes,
    get redis() {
      if (!own) throw new Error('this Redis is of the test itself');
      return own;
    },
    redisUrl,
    discord,
    model: new URL('/control', model.addresses['model']).href,
    ledger,
    workers,
    ingress,
    runner,
    places,
    look,
    fail(error) {
      failure = error;
    },
    async ask(plan, place = places[turn++ % places.length]) {
      if (!place) throw new Error('there is nobody to ask');
      const askedAt = Date.now();
      const content = `<@${demoIds.bot}> ${writePlan(plan)}`;
      const { id } = await discord.post<{ id: string }>('say', { ...place, content });
      ledger.add(plan, id, `${place.channel} ${place.author}`, askedAt);
    },
    async until(condition, timeoutMs) {
      const end = Date.now() + timeoutMs;
      for (look(); !condition(); look()) {
        if (failure !== undefined) throw new Error('no more questions could be asked', { cause: failure });
        if (Date.now() > end) return false;
        await sleep(20);
      }
      return true;
    },
    async journals(names) {
      const found = names.flatMap((name) => ledger.cases.get(name) ?? []);
      return describeCases(redisUrl, found.slice(0, 3));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function writeFiles(folder: string, witness: string): Promise<{ servers: string; policy: string }> {
  const files = { servers: path.join(folder, 'servers.json'), policy: path.join(folder, 'policy.yaml') };
  const played = {
    command: process.execPath,
    args: [path.resolve(import.meta.dirname, '../played/tools.ts')],
    // The witnesses need the true clock.
    env: { TOOL_WITNESS: witness, LD_PRELOAD: '' },
    trustAnnotations: true,
  };
  await writeFile(files.servers, JSON.stringify({ mcpServers: { played } }));
  await writeFile(files.policy, policy);
  return files;
}
