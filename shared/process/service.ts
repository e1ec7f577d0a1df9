import type { z } from 'zod';
import { ConfigError, loadConfig } from '#shared/ground/config.ts';
import type { serviceVariables } from './variables.ts';
import { errorText } from '#shared/ground/errors.ts';
import { startHealthServer, type ReadinessCheck } from './health.ts';
import { configureLogging, createLogger } from './log.ts';
import { collectProcessMetrics } from './metrics.ts';
import { leave } from './leaving.ts';

const log = createLogger('service');

/** What `createContext` of a service returns: everything that the service needs, in working order. */
export interface ServiceContext extends AsyncDisposable {
  /** Dependencies by name; /readyz asks them. */
  checks: Record<string, ReadinessCheck>;
  /** Where the service can be reached, for the log line that says it is ready. */
  addresses?: Record<string, string>;
  /** Rejects when this process can no longer do its work and only a new one can; it then ends with code 1. */
  ended?: Promise<never>;
}

type ServiceSchema = z.ZodObject<typeof serviceVariables & z.ZodRawShape>;

/**
 * Runs a service process: reads the configuration, builds the context, says that it is ready, waits for SIGTERM or
 * SIGINT, disposes, and ends with exit code 0. A configuration error ends it with code 78 (EX_CONFIG) and one line per
 * variable. Any other failure at start, or one that the context reports later, ends it with code 1. A second SIGINT
 * ends it at once.
 */
export async function runService<S extends ServiceSchema>(service: {
  name: string;
  config: S;
  createContext: (config: z.output<S>) => Promise<ServiceContext>;
}): Promise<void> {
  try {
    const config = loadConfig(service.config);
    const common = config as z.output<z.ZodObject<typeof serviceVariables>>;
    configureLogging(service.name, common.LOG_LEVEL);
    collectProcessMetrics();
    await using context = await service.createContext(config);
    await using health = await startHealthServer({
      port: common.METRICS_PORT,
      host: common.METRICS_HOST,
      checks: context.checks,
    });
    // Listen before that line is written: whoever reads it may end us at once.
    const asked = shutdownSignal();
    log.info({ addresses: { ...context.addresses, metrics: `http://127.0.0.1:${health.port}/metrics` } }, 'ready');
    const signal = await Promise.race([asked, failure(context.ended)]);
    log.info({ signal }, 'stopping');
    leave();
  } catch (error) {
    const wrongConfig = error instanceof ConfigError;
    process.exitCode = wrongConfig ? 78 : 1;
    if (wrongConfig) process.stderr.write(`${service.name} cannot start:\n${error.message}\n`);
    else
      log.fatal({ error: errorText(error), stack: error instanceof Error ? error.stack : undefined }, 'cannot go on');
    return;
  }
  log.info('stopped');
}

/** Milliseconds that a process which cannot go on has for closing. What it closes may be just as broken. */
const lastResortMs = 20_000;

async function failure(ended: Promise<never> = new Promise(() => undefined)): Promise<never> {
  try {
    return await ended;
  } catch (error) {
    leave();
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), lastResortMs).unref();
    throw error;
  }
}

function shutdownSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', (signal) => {
      process.once('SIGINT', () => process.kill(process.pid, 'SIGKILL'));
      resolve(signal);
    });
  });
}
