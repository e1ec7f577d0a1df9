import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import type { HousekeepingTask } from '#shared/process/metric-labels.ts';
import type { Subscriber } from '#shared/redis/subscriber.ts';
import { taskFailed } from '../events.ts';

/** Something that one of the workers does again and again. */
export interface Task {
  name: Extract<
    HousekeepingTask,
    'sweep' | 'relieve' | 'clean' | 'archive' | 'index' | 'catalogue' | 'forget' | 'models'
  >;
  /** Milliseconds between two rounds. */
  everyMs: number;
  run(): Promise<void>;
}

/**
 * Lets one worker of all do the tasks. The worker that does one says so on a channel, and the others wait as long as
 * they hear it. There is neither a queue nor a lock: what must be done when Redis' memory is full, when clocks are set,
 * or when a worker stands still, must not depend on any of these. Two workers that do a task at once do no harm.
 */
export async function startRounds(redis: Redis, subscriber: Subscriber, tasks: Task[]): Promise<AsyncDisposable> {
  let closed = false;
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Map<Task['name'], Promise<void>>();

  function schedule(task: Task, ms: number): void {
    clearTimeout(timers.get(task.name));
    if (!closed)
      timers.set(
        task.name,
        setTimeout(() => begin(task), ms),
      );
  }

  function begin(task: Task): void {
    schedule(task, task.everyMs);
    if (running.has(task.name)) return;
    running.set(
      task.name,
      round(task).finally(() => running.delete(task.name)),
    );
  }

  async function round(task: Task): Promise<void> {
    try {
      await redis.publish(keys.rounds, task.name);
      await task.run();
    } catch (error) {
      if (!closed) taskFailed(task.name, errorText(error));
    }
  }

  const listening = await subscriber.listen(keys.rounds, (name) => {
    const task = tasks.find((each) => each.name === name);
    // We hear our own message as well, while the task runs.
    if (task && !running.has(task.name)) schedule(task, task.everyMs * (1.25 + Math.random() / 2));
  });
  for (const task of tasks) schedule(task, task.everyMs * Math.random());
  return {
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await listening[Symbol.asyncDispose]();
      await Promise.all(running.values());
    },
  };
}
