import type { Answer, Job, Order, Problem } from './jobs.ts';
import { Moved } from './open.ts';
import { change, read, type Pending } from './perform.ts';
import { Refused } from './statement.ts';

// A process that does one job after the other on database files. It is killed when a job takes too long, so it keeps
// nothing between jobs. It ends by itself when its parent is gone.

let pending: Pending<unknown> | undefined;

function take(order: Order): void {
  try {
    if (order.order === 'commit') commit();
    else perform(order.job);
  } catch (error) {
    pending?.[Symbol.dispose]();
    pending = undefined;
    tell({ say: 'failed', problem: problemOf(error) });
  }
}

function perform(job: Job): void {
  if (job.kind !== 'write' && job.kind !== 'create') {
    tell({ say: 'done', result: read(job) });
    return;
  }
  pending = change(job);
  tell({ say: 'ready' });
}

function commit(): void {
  if (!pending) throw new Error('nothing waits for a commit');
  pending.commit();
  const { result } = pending;
  pending[Symbol.dispose]();
  pending = undefined;
  tell({ say: 'done', result });
}

function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return { kind: 'refused', why: error.message };
  if (error instanceof Moved) return { kind: 'moved' };
  const { errcode, message, stack = '' } = error as { errcode?: number; message: string; stack?: string };
  if (errcode === undefined) return { kind: 'defect', message: stack || message };
  return { kind: 'sqlite', code: errcode, message: message.slice(0, 1_000) };
}

function tell(answer: Answer): void {
  process.send?.(answer);
}

process.on('message', take);
tell({ say: 'up' });
