import { randomUUID } from 'node:crypto';
import { config, type WorkerConfig } from '#services/worker/config.ts';
import { createContext, type WorkerOverrides } from '#services/worker/context.ts';
import { createFollower, type RunEvent, type RunFollower } from '#shared/run/follower.ts';
import type { EntryOf, JournalEntry } from '#shared/run/journal-entries.ts';
import { createQueues, type Queues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import type { RunRequestInput } from '#shared/run/request.ts';
import { createRunStore, type RunStore } from '#shared/run/run-store.ts';
import type { Redis } from 'ioredis';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';

/** What doors have, and a played model: everything that a worker needs around it. */
export interface Rig extends AsyncDisposable {
  server: TestRedis;
  redis: Redis;
  queues: Queues;
  runs: RunStore;
  model: PlayedModel;
  /** A worker's configuration on this rig. */
  config(changes?: Record<string, string | number>): WorkerConfig;
  /** Starts a worker in this process. */
  worker(overrides: WorkerOverrides, changes?: Record<string, string | number>): Promise<AsyncDisposable>;
  /** Accepts a question of a person at a terminal. Returns the run's id. */
  accept(text: string, request?: Partial<RunRequestInput>): Promise<string>;
  /** Follows a run until an event fits. */
  until(runId: string, fits: (event: RunEvent) => boolean): Promise<RunEvent>;
  /** Waits for the first entry of a type. */
  entry<T extends JournalEntry['type']>(runId: string, type: T): Promise<EntryOf<T>>;
  /** Waits for the end of a run. */
  ended(runId: string): Promise<EntryOf<'run.ended'>>;
  /** Accepts a question and waits for its end. */
  ask(text: string, request?: Partial<RunRequestInput>): Promise<EntryOf<'run.ended'> & { runId: string }>;
}

/** `server` is a Redis to use instead of a new one; it is ended with the rig. */
export async function startRig(options: { durable?: boolean; server?: TestRedis } = {}): Promise<Rig> {
  const server = options.server ?? (await startTestRedis(options));
  const model = await startPlayedModel();
  const redis = connectRedis(server.url, 'rig');
  const queues = createQueues(redis);
  const runs = createRunStore({ redis, queues });
  const follower = createFollower(redis, server.url);
  const until = (runId: string, fits: (event: RunEvent) => boolean) => firstEvent(follower, runId, fits);
  async function entry<T extends JournalEntry['type']>(runId: string, type: T): Promise<EntryOf<T>> {
    const event = await until(runId, (each) => each.kind === 'entry' && each.entry.type === type);
    return (event as unknown as { entry: EntryOf<T> }).entry;
  }
  async function accept(text: string, request: Partial<RunRequestInput> = {}): Promise<string> {
    const id = randomUUID();
    const caller = { kind: 'terminal', id: 'tester', name: '' } as const;
    await runs.accept({ id, caller, conversation: id, text, ...request });
    return request.id ?? id;
  }
  const configOf = (changes: Record<string, string | number> = {}) => {
    const values = { REDIS_URL: server.url, LITELLM_API_BASE: model.url, DRAGOMAN_SIGNING_KEY: 'k'.repeat(32) };
    return config.parse({ ...values, ...changes });
  };
  return {
    server,
    redis,
    queues,
    runs,
    model,
    config: configOf,
    worker: (overrides, changes) => createContext(configOf(changes), overrides),
    accept,
    until,
    entry,
    ended: (runId) => entry(runId, 'run.ended'),
    async ask(text, request) {
      const runId = await accept(text, request);
      return { ...(await entry(runId, 'run.ended')), runId };
    },
    async [Symbol.asyncDispose]() {
      await follower[Symbol.asyncDispose]();
      await queues[Symbol.asyncDispose]();
      redis.disconnect();
      await model[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function firstEvent(follower: RunFollower, runId: string, fits: (event: RunEvent) => boolean): Promise<RunEvent> {
  const stop = new AbortController();
  for await (const event of follower.follow(runId, { signal: stop.signal })) {
    if (!fits(event)) continue;
    stop.abort();
    return event;
  }
  throw new Error(`run ${runId} ended before the event came`);
}
