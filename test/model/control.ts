import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import type { PlayedModel } from './played-model.ts';

const command = z
  .object({
    fail: z.object({ times: z.number().int(), status: z.number().int() }),
    latencyMs: z.number(),
    /** Refuses connections for this many milliseconds. */
    downMs: z.number(),
  })
  .partial();

/**
 * Serves `POST /control` of a played model that runs as a separate process: the same switches as its functions. `GET
 * /control` counts what came in.
 */
export function controlRoute(model: () => PlayedModel) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (request.url !== '/control') return false;
    if (request.method === 'POST') await obey(model(), command.parse(await json(request)));
    const { requests } = model();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ requests: requests.length, aborted: requests.filter((one) => one.aborted).length }));
    return true;
  };
}

async function obey(model: PlayedModel, orders: z.output<typeof command>): Promise<void> {
  if (orders.fail) model.fail(orders.fail.times, orders.fail.status);
  if (orders.latencyMs !== undefined) model.latency(orders.latencyMs);
  if (orders.downMs === undefined) return;
  const { downMs } = orders;
  // This happens after the answer has been sent, because going down also drops its connection.
  setTimeout(() => {
    void model.down().then(() => setTimeout(() => void model.up(), downMs));
  }, 20);
}
