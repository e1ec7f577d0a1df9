import { appendFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { memoryLimit } from '#test/lib/compose-file.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { createMemoryCgroup, memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { startServiceProcess } from '#test/lib/service-process.ts';

/** Goes behind the name of a suite, so that whoever reads that it was skipped reads why. */
export const why = memoryCgroupMissing === undefined ? '' : ` (${memoryCgroupMissing})`;

/** True for `npm run test:memory`, which takes minutes; `npm test` runs the same suites with fewer rounds. */
export const long = process.env['MEMORY_SUITES'] === 'long';

/** A line of the file that `npm run test:memory` makes its table of. */
export interface Peak {
  service: string;
  work: string;
  /** Bytes. */
  limit: number;
  /** Bytes; undefined where the kernel does not say. */
  peak?: number | undefined;
}

export interface LimitedService extends AsyncDisposable {
  /** From the line that said it is ready. */
  addresses: Record<string, string>;
  /** Says what the service held at most during this work, and fails unless it is the process that was started. */
  requireAlive(work: string): Promise<void>;
}

export interface LimitedRunner extends LimitedService {
  /** A client for one tool. */
  client(tool: string): Promise<Client>;
}

export const signingKey = 'k'.repeat(40);

const policy = `
version: 1
roles: { all: { allow: ["*"] } }
members: { everyone: [], terminal: [all] }
`;

/** A service's own process, as `node services/…/main.ts`, in the memory that compose.yaml gives its container. */
export async function startLimited(
  service: string,
  script: string,
  env: Record<string, string>,
): Promise<LimitedService> {
  await using stack = new AsyncDisposableStack();
  const limit = memoryLimit(service);
  const memory = stack.use(createMemoryCgroup(limit));
  const running = stack.use(await startServiceProcess(script, env, memory));
  const owned = stack.move();
  return {
    addresses: running.addresses,
    async requireAlive(work) {
      tell({ service, work, limit, peak: memory.peak() });
      const health = await fetch(new URL('/healthz', running.addresses['metrics'])).catch(() => undefined);
      if (memory.kills() === 0 && health?.ok === true) return;
      throw new Error(`the kernel killed ${memory.kills()} process(es) of ${service}:\n${running.output()}`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The tool-runner of an entry of servers.json, within the limit of its container, for callers who may use everything. */
export async function startLimitedRunner(server: string, env: Record<string, string>): Promise<LimitedRunner> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-memory-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const policyFile = path.join(folder, 'policy.yaml');
  await writeFile(policyFile, policy);
  const own = { MCP_SERVER: server, DRAGOMAN_SIGNING_KEY: signingKey, POLICY_FILE: policyFile };
  const variables = { ...own, HOST: '127.0.0.1', PORT: '0', ...env };
  const service = stack.use(await startLimited(`tool-runner-${server}`, 'services/tool-runner/main.ts', variables));
  const url = service.addresses['mcp'] ?? '';
  const owned = stack.move();
  return {
    ...service,
    async client(tool) {
      const client = await newestClient({ url, server, signingKey }, { tool });
      owned.defer(() => client.close());
      return client;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export function tell(peak: Peak): void {
  process.stdout.write(`memory: ${peakText(peak)}\n`);
  const file = process.env['MEMORY_PEAKS'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(peak)}\n`);
}

function peakText({ service, work, limit, peak }: Peak): string {
  const held = peak === undefined ? 'unknown' : megabytes(peak);
  return `${service} held at most ${held} of ${megabytes(limit)}: ${work}`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
