import type { Client } from '@modelcontextprotocol/client';
import { memoryLimit } from '#test/lib/compose-file.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { createMemoryCgroup } from '#test/lib/memory-cgroup.ts';
import { startServiceProcess } from '#test/lib/service-process.ts';

export interface LimitedRunner extends AsyncDisposable {
  /** A client for one tool. */
  client(tool: string): Promise<Client>;
  /** Prints how much the runner held at most. Fails unless it is still the process that was started. */
  requireAlive(): Promise<void>;
}

const signingKey = 'k'.repeat(40);

/**
 * The tool-runner's own process (`node services/tool-runner/main.ts`), in as much memory as compose.yaml gives its
 * container.
 */
export async function startLimitedRunner(server: string, env: Record<string, string>): Promise<LimitedRunner> {
  await using stack = new AsyncDisposableStack();
  const limit = memoryLimit(`tool-runner-${server}`);
  const memory = stack.use(createMemoryCgroup(limit));
  const variables = { MCP_SERVER: server, DRAGOMAN_SIGNING_KEY: signingKey, HOST: '127.0.0.1', PORT: '0', ...env };
  const runner = stack.use(await startServiceProcess('services/tool-runner/main.ts', variables, memory));
  const url = runner.addresses['mcp'] ?? '';
  const owned = stack.move();
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
  return {
    async client(tool) {
      const client = await newestClient({ url, server, signingKey }, { tool });
      owned.defer(() => client.close());
      return client;
    },
    async requireAlive() {
      const peak = memory.peak();
      const said = peak === undefined ? 'unknown' : megabytes(peak);
      process.stdout.write(`memory: tool-runner-${server} held at most ${said} of ${megabytes(limit)}\n`);
      const health = await fetch(new URL('/healthz', url)).catch(() => undefined);
      if (memory.kills() === 0 && health?.ok === true) return;
      throw new Error(`the kernel killed ${memory.kills()} process(es) of tool-runner-${server}:\n${runner.output()}`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
