import { z } from 'zod';
import { loadConfig, processEnvironment } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { runService, type ServiceContext } from '#shared/process/service.ts';
import { serviceVariables } from '#shared/process/variables.ts';
import { toolRunnerConfig } from '#services/tool-runner/config.ts';
import { createContext, type ToolRunnerContext } from '#services/tool-runner/context.ts';
import type { Order, Reply } from './runners.ts';

// A process with several tool-runners (runners.ts). It begins with none; its parent tells it over the IPC channel which
// to serve, because each is to be served as soon as its own backend is there.

const log = createLogger('tool-runners');

async function createRunners(): Promise<ServiceContext> {
  const served: Promise<ToolRunnerContext>[] = [];
  const checks: ServiceContext['checks'] = {};

  async function open(env: Order['env']): Promise<ToolRunnerContext> {
    const own = { ...processEnvironment(), ...env };
    return createContext(loadConfig(toolRunnerConfig, own), { env: own });
  }

  async function serve({ server, env }: Order): Promise<Reply> {
    try {
      const opening = open(env);
      served.push(opening);
      const context = await opening;
      for (const [name, check] of Object.entries(context.checks)) checks[`${server}: ${name}`] = check;
      log.info({ server, addresses: context.addresses }, 'serving');
      return { server };
    } catch (error) {
      // The parent puts it on the screen.
      log.info({ server, error: errorText(error) }, 'server refused');
      return { server, refused: errorText(error) };
    }
  }

  const take = (order: unknown) => void serve(order as Order).then((reply) => process.send?.(reply));
  process.on('message', take);
  return {
    checks,
    async [Symbol.asyncDispose]() {
      process.off('message', take);
      // One that is only being opened must be closed as well.
      const opened = (await Promise.allSettled(served)).filter((each) => each.status === 'fulfilled');
      await Promise.all(opened.map(({ value }) => value[Symbol.asyncDispose]()));
    },
  };
}

await runService({ name: 'tool-runner', config: z.object(serviceVariables), createContext: createRunners });
