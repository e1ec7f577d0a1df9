import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWitness } from '#test/model/witness.ts';

interface Call {
  id: number;
  params: { name: string; arguments: { case: string; call: string; step: number; ms: number } };
}

/** Cases with this prefix use a tool that remembers keys: a repeated call gets the first call's result. */
export const keyedCase = 'keyed-';

/** A write over HTTP, like the fault suite's `post` over stdio: each execution is a synced line of the witness. */
export async function startEffectTool(witnessFile: string): Promise<AsyncDisposable & { url: string }> {
  const witness = openWitness(witnessFile);
  const known = new Map<string, Promise<string>>();

  async function execute({ name, arguments: { case: id, call, step, ms } }: Call['params']): Promise<string> {
    witness.append({ at: Date.now(), event: 'begin', tool: name, case: id, call, step });
    await sleep(ms);
    witness.append({ at: Date.now(), event: 'end', tool: name, case: id, call, step });
    return `${id}/${call}`;
  }

  function once(params: Call['params'], key: unknown): Promise<string> {
    if (typeof key !== 'string' || !params.arguments.case.startsWith(keyedCase)) return execute(params);
    const result = known.get(key) ?? execute(params);
    known.set(key, result);
    return result;
  }

  const server = createServer((request, response) => {
    void json(request).then(async (body) => {
      const { id, params } = body as Call;
      const text = await once(params, request.headers['idempotency-key']);
      const answer = JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });
      response.writeHead(200, { 'content-type': 'application/json', 'server-timing': 'backend;dur=0' }).end(answer);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
      witness[Symbol.dispose]();
    },
  };
}
