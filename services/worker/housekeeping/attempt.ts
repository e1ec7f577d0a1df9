import { errorText } from '#shared/ground/errors.ts';
import type { HousekeepingTask } from '#shared/process/metric-labels.ts';
import { taskFailed } from '../events.ts';

/** Does a part of housekeeping. A failure is logged and keeps no other part from being done; returns undefined then. */
export async function attempt<T>(task: HousekeepingTask, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    taskFailed(task, errorText(error));
    return undefined;
  }
}
