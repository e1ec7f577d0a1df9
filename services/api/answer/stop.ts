import type { Request } from 'express';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../http/caller.ts';
import { idempotencyKey } from './ask.ts';

const log = createLogger('api');

/**
 * Stops a run whose client has left: nobody would read the answer, and it costs money. A client that sent an
 * idempotency key comes back with it for the answer, so that its run goes on.
 */
export async function clientLeft({ runs }: Api, request: Request, runId: string): Promise<void> {
  if (idempotencyKey(request) !== undefined) return;
  try {
    await runs.stop(runId, `${callerOf(request).name} (left)`);
  } catch (error) {
    log.warn({ run: runId, error: errorText(error) }, 'a run whose client has left could not be stopped');
  }
}
