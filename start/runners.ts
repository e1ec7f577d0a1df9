import type { Variables } from '#mcp/stack.ts';
import type { Build } from './build.ts';
import { StartError } from './errors.ts';
import type { StackProcess } from './process.ts';
import { untilReady, type Addresses } from './readiness.ts';

/** One process (runners-process.ts) with a tool-runner for each of our domains. */
export interface Runners {
  /** The name of its log. */
  log: string;
  /** Has a server served, each at an address and with variables of its own. The first one starts the process. */
  serve(
    server: string,
    env: Variables,
    options: { failingMs: number },
  ): Pick<StackProcess, 'running' | 'ready' | 'addresses'>;
}

/** What the process is told to serve. */
export interface Order {
  server: string;
  /** The tool-runner's variables. */
  env: Variables;
}

/** What the process says of an order: the server is served, or why not. */
export interface Reply {
  server: string;
  refused?: string;
}

const name = 'tool-runners';
const timeoutMs = 60_000;

/**
 * Our domains share a process, which halves their memory: a process that only serves one of them needs 70 MB for what
 * they have in common. Each has its own address, key and settings as in a process of its own. When the process ends, it
 * is started again and told anew what it serves. Servers of others do not run in it.
 */
export function createRunners(build: Pick<Build, 'launch' | 'stopped'>): Runners {
  const replies = new Map<string, PromiseWithResolvers<void>>();
  let shared: StackProcess | undefined;

  function hear(message: unknown): void {
    const { server, refused } = message as Partial<Reply>;
    const reply = replies.get(server ?? '');
    if (refused === undefined) reply?.resolve();
    else reply?.reject(new StartError(`${server} could not start: ${refused}`, { why: refused }));
  }

  /** Every server is served, or refused, once more. */
  function again(): Promise<unknown> {
    for (const server of replies.keys()) replies.set(server, Promise.withResolvers());
    return Promise.allSettled([...replies.values()].map(({ promise }) => promise));
  }

  async function order(process: StackProcess, message: Order): Promise<void> {
    const reply = Promise.withResolvers<void>();
    replies.set(message.server, reply);
    process.tell(message);
    await process.running;
    await reply.promise;
  }

  return {
    log: 'tool-runners.log',
    serve(server, env, { failingMs }) {
      const deadline = Date.now() + timeoutMs;
      shared ??= build.launch('servers', { name, script: 'start/runners-process.ts', env: {}, hear, again });
      const addresses: Addresses = { mcp: `http://${env['HOST']}:${env['PORT']}/mcp` };
      const running = order(shared, { server, env });
      const ready = running.then(() =>
        untilReady(() => addresses, { name: server, deadline, failingMs, stopped: build.stopped }),
      );
      running.catch(() => undefined);
      ready.catch(() => undefined);
      return { running, ready, addresses: () => addresses };
    },
  };
}
