import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TurnHandler } from '#test/model/turn.ts';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';
import { startRig } from '#test/worker/rig.ts';
import { signingKey, startLimited, why } from '../limited.ts';

/** WORKER_CONCURRENCY as compose.yaml leaves it. */
const atOnce = 50;
const rounds = 2;
const longAnswer = 'A long answer. '.repeat(6_000);

/** So many calls in each of so many answers, then a long text. Each call differs: a worker refuses what is repeated. */
function reader(answers: number, calls: number): TurnHandler {
  const read = (n: number) => ({ name: 'read_file', arguments: { path: 'large.txt', offset: 2 * n } });
  const end = { text: longAnswer, chunkSize: 200 };
  return ({ step }) => {
    if (step >= answers) return end;
    const toolCalls = Array.from({ length: calls }, (_, n) => read(step * calls + n));
    return { toolCalls, text: 'I read on. '.repeat(500), chunkSize: 200 };
  };
}

const large = { TOOL_RESULT_MAX_CHARS: '1000000' };

const works: [string, TurnHandler, Record<string, string>][] = [
  ['long answers after 11 results of 60,000 characters', reader(11, 1), {}],
  ['11 answers with 8 calls each', reader(11, 8), {}],
  ['results of a million characters', reader(2, 1), large],
];

describe.skipIf(memoryCgroupMissing !== undefined)(`worker in its container's memory${why}`, () => {
  test.each(works)(`${atOnce} runs at once: %s`, { timeout: 290_000 }, async (work, handler, env) => {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-memory-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    // No character of one byte: each takes two in the worker's memory.
    await writeFile(path.join(folder, 'large.txt'), 'Ж'.repeat(2_000_000));
    const most = { FILESYSTEM_ROOT: folder, FILESYSTEM_MAX_READ_BYTES: '4000000', RESULT_MAX_BYTES: '8000000' };
    const runner = stack.use(await startToolRunner({ server: 'filesystem', signingKey, env: most }));
    const rig = stack.use(await startRig({ model: { keep: 0 } }));
    rig.model.handle(handler);
    const servers = path.join(folder, 'servers.json');
    const entry = { command: 'npx', args: [], domain: 'filesystem' };
    await writeFile(servers, JSON.stringify({ mcpServers: { filesystem: entry } }));
    const worker = stack.use(
      await startLimited('worker', 'services/worker/main.ts', {
        REDIS_URL: rig.server.url,
        LITELLM_API_BASE: rig.model.url,
        DRAGOMAN_SIGNING_KEY: signingKey,
        MCP_SERVERS_FILE: servers,
        TOOL_RUNNERS: `filesystem=${runner.url}`,
        // Histories as long as may be set without a limit of the model's.
        HISTORY_MAX_TOKENS: '200000',
        ...env,
      }),
    );
    const ends: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const ids = await Promise.all(
        Array.from({ length: atOnce }, (_, n) => rig.accept('Read it. '.repeat(400), { conversation: `room-${n}` })),
      );
      const ended = await Promise.race([
        Promise.all(ids.map((id) => rig.ended(id))),
        gone(worker.addresses['metrics'] ?? ''),
      ]);
      ends.push(...(ended ?? []).map(({ outcome }) => outcome));
      if (!ended) break;
    }
    await worker.requireAlive(`${atOnce} runs: ${work}`);
    expect(ends).toEqual(Array.from({ length: atOnce * rounds }, () => 'answered'));
  });
});

/** Resolves when the service does not answer any more: then nobody ends its runs. */
async function gone(metrics: string): Promise<undefined> {
  for (let missed = 0; missed < 20;) {
    const answered = await fetch(new URL('/healthz', metrics), { signal: AbortSignal.timeout(5_000) }).catch(
      () => undefined,
    );
    missed = answered ? 0 : missed + 1;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return undefined;
}
