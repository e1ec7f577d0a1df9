import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import type { PlayedModel } from './played-model.ts';

const command = z
  .object({
    fail: z.object({ times: z.number().int(), status: z.number().int() }),
    latencyMs: z.number(),
    /** Refuses connections for so many milliseconds. */
    downMs: z.number(),
  })
  .partial();

/**
 * `POST /control` of a played model that runs as an own process: the same switches as its functions.
 * `GET /control` counts what came in.
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
  // After this answer has gone out: going down drops its connection as well.
  setTimeout(() => {
    void model.down().then(() => setTimeout(() => void model.up(), downMs));
  }, 20);
}
