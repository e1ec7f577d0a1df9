import type { Redis } from 'ioredis';
import { decideApproval } from '#shared/run/decide.ts';
import { queueKey } from '#shared/redis/keys.ts';
import { FencedError } from '#shared/ground/errors.ts';
import { readJournal } from '#shared/run/journal.ts';
import { fenceOf, openJournal } from '#test/lib/claims.ts';
import type { RunOutcome } from '#shared/ground/vocabulary.ts';
import type { RunStatus } from '#shared/run/request.ts';
import { claimRun } from '#shared/run/claim.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { endRun } from '#shared/run/end.ts';
import { createReconciler } from '#shared/run/reconcile.ts';
import { readRun } from '#shared/run/record.ts';
import { suspendRun } from '#shared/run/suspend.ts';
import { stopRun } from '#shared/run/stop.ts';
import { Died, dyingRedis } from '#test/lib/dying-redis.ts';
import { createPlayedQueue } from './played-queue.ts';

/** What the model knows of a run, and Redis must say too. */
interface ModelRun {
  id: string;
  conversation: string;
  status: RunStatus;
  epoch: number;
  outcome?: RunOutcome;
  /** How many approvals were asked so far; the newest may be open. */
  asked: number;
  open: boolean;
  stopped: boolean;
  /** The epochs of workers that died but may wake up. */
  zombies: number[];
}

const noUsage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };
const tellsNothing = { type: 'notice' as const, text: 'late' };

/**
 * The scripts of shared/ on a real Redis, beside a small model of them. Each step is done to both, and then they are
 * compared.
 */
export function createWorld(redis: Redis, name: string) {
  const queue = createPlayedQueue();
  const { queues } = queue;
  const reconciler = createReconciler({ redis, queues }, { youngMs: -1, doorMs: -1 });
  const runs: ModelRun[] = [];
  /** Runs in the order in which they ended, without those that were stopped before they began. */
  const done: string[] = [];

  const requestOf = ({ id, conversation }: Pick<ModelRun, 'id' | 'conversation'>) => ({
    id,
    conversation,
    text: 'x',
    caller: { kind: 'terminal' as const, id: name },
  });
  const parsed = async (run: ModelRun) => (await readRun(redis, run.id))!.request;
  const lineOf = (conversation: string) =>
    runs.filter((each) => each.conversation === conversation && each.status !== 'ended');

  async function agree(run: ModelRun): Promise<void> {
    const record = await readRun(redis, run.id);
    const [real, model] = [record, run].map((each) => `${each?.status} ${each?.epoch} ${each?.outcome ?? ''}`);
    if (real !== model) throw new Error(`${run.id}: Redis says ${real}, the model ${model}`);
  }

  const world = {
    runs,
    queue,
    async message(conversation: string, lost: boolean) {
      const run: ModelRun = {
        id: `${name}-${runs.length}`,
        conversation,
        status: 'queued',
        epoch: 0,
        asked: 0,
        open: false,
        stopped: false,
        zombies: [],
      };
      const ahead = lineOf(conversation).length;
      const accepted = await acceptRun({ redis, queues }, requestOf(run));
      if (!accepted.fresh || accepted.ahead !== ahead) throw new Error(`${run.id}: ${JSON.stringify(accepted)}`);
      // Its job was added in the same step; `lost`: somebody removes it by hand.
      const jobs = await redis.zrem(`${queueKey('runs')}:prioritized`, run.id);
      await redis.del(`${queueKey('runs')}:${run.id}`);
      if (jobs !== (ahead === 0 ? 1 : 0)) throw new Error(`${run.id} has ${jobs} jobs with ${ahead} ahead of it`);
      if (jobs === 1 && !lost) queue.waiting.set(run.id, run.id);
      runs.push(run);
      await agree(run);
    },
    /** Sends the same message once more. */
    async again(run: ModelRun) {
      if ((await acceptRun({ redis, queues }, requestOf(run))).fresh) throw new Error(`${run.id} was accepted twice`);
      await agree(run);
    },
    async take(jobId: string) {
      const run = byId(queue.waiting.get(jobId));
      queue.waiting.delete(jobId);
      const claim = await claimRun({ redis, queues }, run.id, 'w');
      const over = run.status === 'ended';
      if ((claim.state === 'ended') !== over) throw new Error(`${run.id}: claim says ${claim.state}`);
      if (over) return;
      // Another worker may hold the run already, by another job. From here on that worker is out of date.
      if (run.status === 'running') run.zombies.push(run.epoch);
      Object.assign(run, { status: 'running', epoch: run.epoch + 1 });
      queue.held.set(jobId, { runId: run.id, epoch: run.epoch });
      await agree(run);
    },
    /** The worker dies, and another one finds its job. */
    kill(jobId: string) {
      const { runId, epoch } = queue.held.get(jobId)!;
      byId(runId).zombies.push(epoch);
      queue.waiting.set(jobId, runId);
      queue.held.delete(jobId);
    },
    /** A worker that seemed dead writes. */
    async late(run: ModelRun) {
      for (const epoch of run.zombies.filter((each) => each !== run.epoch)) {
        const journal = openJournal(redis, run.id, epoch);
        const outcome = await journal
          .append({ ...tellsNothing, key: `late-${epoch}` })
          .catch((error: unknown) => error);
        if (!(outcome instanceof FencedError)) throw new Error(`${run.id}: a worker of epoch ${epoch} could write`);
        const ended = await endRun(
          { redis, queues },
          await parsed(run),
          await fenceOf(redis, run.id, epoch),
          endOf('answered'),
        );
        if (ended) throw new Error(`${run.id}: a worker of epoch ${epoch} could end it`);
        if ((await suspendRun({ redis, queues }, run.id, await fenceOf(redis, run.id, epoch))) !== 'lost')
          throw new Error(`${run.id}: epoch ${epoch} could suspend it`);
      }
      await agree(run);
    },
    /** The worker asks a human, unless a question is open already, and ends its job. */
    async ask(jobId: string) {
      const run = holder(jobId);
      if (!run) return;
      if (!run.open) {
        run.asked += 1;
        run.open = true;
        await openJournal(redis, run.id, run.epoch).append({
          type: 'approval.requested',
          approval: approvalOf(run),
          step: run.asked,
          call: 0,
          tool: 't',
          arguments: '{}',
          argumentsHash: '',
          kind: 'policy',
          expiresAt: Date.now() + 60_000,
        });
      }
      const state = await suspendRun({ redis, queues }, run.id, await fenceOf(redis, run.id, run.epoch));
      if (state !== (run.stopped ? 'queued' : 'waiting')) throw new Error(`${run.id} could not be suspended: ${state}`);
      queue.held.delete(jobId);
      run.status = state;
      await agree(run);
    },
    async decide(run: ModelRun, decision: 'allow' | 'deny') {
      const expected = run.asked === 0 ? 'unknown' : run.open ? 'decided' : 'already-decided';
      const result = await decideApproval({ redis, queues }, run.id, approvalOf(run), { decision: decision, by: 'h' });
      if (result !== (run.status === 'ended' ? 'ended' : expected)) throw new Error(`${run.id}: ${result}`);
      if (run.status === 'ended' || expected === 'unknown') return;
      run.open = false;
      if (run.status === 'waiting') run.status = 'queued';
      await agree(run);
    },
    /** A process dies after `commands` commands of a decision. The run goes on only if the decision was stored. */
    async decideAndDie(run: ModelRun, decision: 'allow' | 'deny', commands: number) {
      using dying = dyingRedis(redis, commands);
      const parts = { redis: dying.redis, queues };
      const decided = decideApproval(parts, run.id, approvalOf(run), { decision, by: 'h' });
      await decided.catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
      const stored = (await readJournal(redis, run.id)).some(
        ({ entry }) => entry.type === 'approval.decided' && entry.approval === approvalOf(run),
      );
      if (run.open && stored && run.status !== 'ended') {
        run.open = false;
        if (run.status === 'waiting') run.status = 'queued';
      }
      await agree(run);
    },
    async stop(run: ModelRun) {
      const result = await stopRun({ redis, queues }, run.id, 'h');
      const unbegun = run.status === 'queued' && run.epoch === 0;
      const expected = run.status === 'ended' ? 'already-ended' : unbegun ? 'stopped' : 'stopping';
      if (result !== expected) throw new Error(`${run.id}: stop says ${result}, the model ${expected}`);
      if (unbegun) Object.assign(run, { status: 'ended', outcome: 'stopped' });
      else if (run.status === 'waiting') run.status = 'queued';
      if (run.status !== 'ended') run.stopped = true;
      await agree(run);
    },
    async end(jobId: string) {
      const run = holder(jobId);
      if (!run) return;
      const outcome = run.epoch % 3 === 0 ? 'failed' : 'answered';
      const ended = await endRun(
        { redis, queues },
        await parsed(run),
        await fenceOf(redis, run.id, run.epoch),
        endOf(outcome),
      );
      if (!ended) throw new Error(`${run.id} could not be ended by its worker`);
      queue.held.delete(jobId);
      Object.assign(run, { status: 'ended', outcome });
      done.push(run.id);
      await agree(run);
    },
    sweep: () => reconciler.pass(),
    done,
    journal: (run: ModelRun) => readJournal(redis, run.id),
  };

  function byId(id: string | undefined): ModelRun {
    const run = runs.find((each) => each.id === id);
    if (!run) throw new Error(`there is no run ${id}`);
    return run;
  }
  /** The run of a held job. When another worker has the run by now, gives up the job and returns undefined. */
  function holder(jobId: string): ModelRun | undefined {
    const { runId, epoch } = queue.held.get(jobId)!;
    const run = byId(runId);
    if (run.epoch === epoch && run.status === 'running') return run;
    queue.held.delete(jobId);
    run.zombies.push(epoch);
    return undefined;
  }
  return world;
}

export type World = ReturnType<typeof createWorld>;

function approvalOf(run: ModelRun): string {
  return `${run.asked}-0`;
}

function endOf(outcome: RunOutcome) {
  return {
    type: 'run.ended' as const,
    outcome,
    text: '',
    usage: noUsage,
    models: [],
    tools: [],
    iterations: 1,
    durationMs: 1,
  };
}
