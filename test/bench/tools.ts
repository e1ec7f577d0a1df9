import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPlayedLoki } from '#mcp/monitoring/testing/played-loki.ts';
import { startPlayedN8n } from '#mcp/n8n/testing/played-n8n.ts';
import { startTestTimescale } from '#mcp/timescaledb/testing/server.ts';
import { config as workerConfig } from '#services/worker/config.ts';
import { createBuiltins } from '#services/worker/tools/builtin/builtins.ts';
import { createToolbox } from '#services/worker/tools/create-toolbox.ts';
import type { OfferedTool, Toolbox, ToolCallOutcome } from '#services/worker/tools/toolbox.ts';
import { loadConfig } from '#shared/ground/config.ts';
import { memoryLimits } from '#shared/memory/variables.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { watchPolicy } from '#shared/rights/policy.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import { startTestStack } from '#test/lib/stack.ts';
import { percentile, table } from './stats.ts';
import { asker, callsOf, type ToolCall } from './tool-calls.ts';

export interface ToolSizes {
  /** Calls of each domain one after the other, after `warmUp`. */
  serial: number;
  warmUp: number;
  /** Calls of each domain with `inFlight` open at once. */
  together: number;
  inFlight: number;
}

/**
 * Domains of which none is called beside another: a run has one page of the browser, and the TimescaleDB that is
 * started here has one session.
 */
const inOrder = new Set(['playwright', 'timescaledb']);

/**
 * What Dragoman adds to a call of each domain: the worker's own toolbox calls the runners of a whole `npm start`. A
 * call's overhead is its duration without the backend's own time, which the runner tells. n8n and Loki are played.
 */
export async function measureTools(sizes: ToolSizes, say: (text: string) => void): Promise<string> {
  await using parts = new AsyncDisposableStack();
  const site = await startSite();
  parts.defer(site.close);
  const [n8n, loki] = [parts.use(await startPlayedN8n()), parts.use(await startPlayedLoki(lines))];
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-bench-timescale-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const timescale = parts.use(await startTestTimescale({ folder: path.join(folder, 'db') }));
  say('starting the stack');
  const stack = parts.use(
    await startTestStack({
      FETCH_ALLOWED_HOSTS: site.host,
      N8N_URL: n8n.url,
      N8N_API_KEY: n8n.key,
      LOKI_URL: loki.url,
      TIMESCALE_URL: timescale.url,
    }),
  );
  const toolbox = openToolbox(stack.file().environment, parts);
  const offered = (await toolbox.offer(asker)).tools;
  const rows: string[][] = [];
  for (const [domain, call] of Object.entries(callsOf({ page: `http://${site.host}/` }))) {
    const tool = offered.find(({ name }) => name === call.tool);
    if (!tool) say(`${domain}: left out, since ${call.tool} is not offered here`);
    else {
      say(domain);
      rows.push([domain, call.tool, ...(await measureDomain(toolbox, tool, call, sizes))]);
    }
  }
  const { inFlight, serial, together } = sizes;
  return [
    `overhead of a tool call, ms; ${serial} calls one at a time, ${together} with ${inFlight} in flight`,
    table([['domain', 'tool', 'p50', 'p99', `p50 of ${inFlight}`, `p99 of ${inFlight}`, 'backend p50'], ...rows]),
    '',
  ].join('\n');
}

const lines = Array.from({ length: 20 }, (_, n) => [Date.now() - n * 1_000, { app: 'shop' }, `line ${n}`] as const);

async function startSite(): Promise<{ host: string; close: () => void }> {
  const site = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A page</title><p>42</p>');
  });
  await once(site.listen(0, '127.0.0.1'), 'listening');
  return { host: `127.0.0.1:${(site.address() as AddressInfo).port}`, close: () => void site.close() };
}

/** The tools as a worker of this stack has them. */
function openToolbox(environment: Record<string, string>, parts: AsyncDisposableStack): Toolbox {
  const config = loadConfig(workerConfig, environment);
  const policy = parts.use(watchPolicy('mcp/policy.yaml'));
  const redis = parts.adopt(connectRedis(config.REDIS_URL, 'bench'), (open) => open.disconnect());
  const builtins = createBuiltins({ redis, policy, limits: memoryLimits(config) });
  return parts.use(createToolbox({ config, policy, signer: createSigner(config.DRAGOMAN_SIGNING_KEY), builtins }));
}

async function measureDomain(toolbox: Toolbox, tool: OfferedTool, call: ToolCall, sizes: ToolSizes): Promise<string[]> {
  const ask = async (): Promise<ToolCallOutcome> => {
    const id = randomUUID();
    const order = { runId: 'bench', caller: asker, tool, arguments: call.arguments, idempotencyKey: id };
    const outcome = await toolbox.call({ ...order, signal: new AbortController().signal });
    if (outcome.outcome !== 'ok') throw new Error(`${tool.name} did not succeed: ${outcome.content.slice(0, 300)}`);
    return outcome;
  };
  for (let n = 0; n < sizes.warmUp; n += 1) await ask();
  const alone: ToolCallOutcome[] = [];
  for (let n = 0; n < sizes.serial; n += 1) alone.push(await ask());
  const beside = inOrder.has(tool.domain) ? [] : await atOnce(ask, sizes);
  toolbox.runEnded?.({ id: 'bench', caller: asker }, [tool.domain]);
  const overheads = [alone, beside].map((calls) => calls.map(({ overheadMs = Number.NaN }) => overheadMs));
  const backend = alone.map(({ durationMs, overheadMs = 0 }) => durationMs - overheadMs);
  const shown = overheads.flatMap((values) => [percentile(values, 0.5), percentile(values, 0.99)]);
  return [...shown, percentile(backend, 0.5)].map((ms) => (Number.isNaN(ms) ? '' : ms.toFixed(1)));
}

async function atOnce<T>(ask: () => Promise<T>, { inFlight, together }: ToolSizes): Promise<T[]> {
  const answers: T[] = [];
  let left = together;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left > 0) {
        left -= 1;
        answers.push(await ask());
      }
    }),
  );
  return answers;
}
