import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFollower } from '#shared/run/follower.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { createRunStore } from '#shared/run/run-store.ts';
import { startRigProcess } from '#test/faults/rig/process.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import type { System } from './system.ts';

const policy = 'version: 1\nroles: { all: { allow: ["*"] } }\nmembers: { everyone: [all], terminal: [all] }\n';
const signingKey = 'bench'.padEnd(40, '-');

/**
 * The product with the fault suite's tools, driven as a door drives it. `wasDone` tells whether the effect of a run has
 * been seen. The person uses it to answer when they are asked about a call that was cut off.
 */
export async function startDragoman(witness: string, wasDone: (id: string) => boolean): Promise<System> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-peers-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const redis = stack.use(await startTestRedis({ durable: true }));
  const common = { REDIS_URL: redis.url, DRAGOMAN_SIGNING_KEY: signingKey, ...(await writeFiles(folder, witness)) };
  const runner = stack.use(
    await startRigProcess('services/tool-runner/main.ts', {
      ...common,
      MCP_SERVER: 'played',
      HOST: '127.0.0.1',
      PORT: '0',
      IDEMPOTENCY_FILE: path.join(folder, 'calls.jsonl'),
    }),
  );
  const connection = connectRedis(redis.url, 'bench');
  stack.defer(() => connection.disconnect());
  const queues = stack.use(createQueues(connection));
  const follower = stack.use(createFollower(connection, redis.url));
  const runs = createRunStore({ redis: connection, queues });
  let asked = 0;
  const owned = stack.move();
  return {
    name: 'dragoman',
    server: redis.pid() ?? 0,
    startWorker: ({ modelUrl }) =>
      startRigProcess('services/worker/main.ts', {
        ...common,
        LITELLM_API_BASE: `${modelUrl}/v1`,
        LITELLM_API_KEY: 'sk-bench',
        MODEL_NAME: 'bench',
        TOOL_RUNNERS: `played=${runner.addresses['mcp'] ?? ''}`,
        // DBOS tries to go on with a run this often.
        RUN_MAX_ATTEMPTS: '100',
      }),
    async ask(id, text) {
      await runs.accept({ id, conversation: id, text, caller: { kind: 'terminal', id: id.slice(0, 8) } });
      let end = { outcome: '', text: '' };
      for await (const event of follower.follow(id)) {
        if (event.kind !== 'entry') continue;
        if (event.entry.type === 'run.ended') end = event.entry;
        // Says why a run was answered without its effect.
        if (event.entry.type === 'tool.finished' && event.entry.outcome !== 'ok')
          process.stderr.write(`dragoman: ${id}: ${event.entry.outcome}: ${event.entry.content.slice(0, 300)}\n`);
        if (event.entry.type !== 'approval.requested') continue;
        asked += 1;
        const decision = wasDone(id) ? 'happened' : 'did-not-happen';
        await runs.decide(id, event.entry.approval, { decision, by: 'bench' });
      }
      if (end.outcome !== 'answered') throw new Error(`the run was ${end.outcome}: ${end.text}`);
      return { text: end.text, callMs: 0, toolMs: 0 };
    },
    neededHuman: () => Promise.resolve(asked),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function writeFiles(folder: string, witness: string): Promise<Record<string, string>> {
  const files = { MCP_SERVERS_FILE: path.join(folder, 'servers.json'), POLICY_FILE: path.join(folder, 'policy.yaml') };
  const played = {
    command: process.execPath,
    args: [path.resolve(import.meta.dirname, '../../faults/played/tools.ts')],
    env: { TOOL_WITNESS: witness },
    trustAnnotations: true,
  };
  await writeFile(files.MCP_SERVERS_FILE, JSON.stringify({ mcpServers: { played } }));
  await writeFile(files.POLICY_FILE, policy);
  return files;
}
