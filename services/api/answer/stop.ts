import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';

const log = createLogger('api');

/** Stops a run whose client has left: nobody would read the answer, and it costs money. */
export async function stopFor({ runs }: Api, runId: string, caller: ApiCaller): Promise<void> {
  try {
    await runs.stop(runId, `${caller.name} (left)`);
  } catch (error) {
    log.warn({ run: runId, error: errorText(error) }, 'a run whose client has left could not be stopped');
  }
}
