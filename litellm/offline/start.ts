import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '#shared/process/health.ts';
import { createHandler, type HandlerOptions } from './server.ts';

export interface OfflineModelOptions extends HandlerOptions {
  host?: string;
  /** 0, the default, takes a free port. */
  port?: number;
}

export interface OfflineModel extends AsyncDisposable {
  /** The base of the OpenAI-compatible API, with /v1. */
  url: string;
}

/** Starts the offline model. Rejects when the port is taken. */
export async function startOfflineModel(options: OfflineModelOptions = {}): Promise<OfflineModel> {
  const { host = '127.0.0.1', port = 0 } = options;
  const server = createServer(createHandler(options));
  await listen(server, port, host);
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    url: `http://${reachable}:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
