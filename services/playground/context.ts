import { createGateway } from './gateway/create-gateway.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { PlaygroundOptions } from './options.ts';
import { createFaults, type Faults } from './rest/faults.ts';
import { createRateLimits, type RateLimits } from './rest/rate-limits.ts';
import { createRequestLog, type RequestLog } from './rest/request-log.ts';
import { createClock, type ShiftableClock } from './state/clock.ts';
import { createDemoWorld } from './state/demo.ts';
import { keepWorld } from './state/saved.ts';
import type { Bot } from './state/types.ts';
import { createWorld, type World } from './state/world.ts';
import { startWitness } from './witness.ts';

/** Discord makes a bot wait this long between two IDENTIFYs. */
const IDENTIFY_WINDOW_MS = 5000;
const USUAL_HEARTBEAT_MS = 41_250;

/** Everything that a running playground is made of. */
export interface PlaygroundContext extends AsyncDisposable {
  world: World;
  clock: ShiftableClock;
  gateway: Gateway;
  limits: RateLimits;
  faults: Faults;
  requests: RequestLog;
  /** The bot of the demo server. */
  bot: Bot;
  /** The server's address as bots see it, without a slash at the end; known once the server listens. */
  url: string;
  /** Calls back after every change: an event, a request, a session. Returns a function that ends the calls. */
  onChange(listener: () => void): () => void;
  /** Reports a change that no event reports, such as one of the time. */
  changed(): void;
  /** Reports a fault of the playground to whoever runs it. */
  reportFault(error: unknown): void;
}

export function createContext(options: PlaygroundOptions): PlaygroundContext {
  const { clock: base } = options;
  const clock = createClock(base ? () => base.now() : undefined);
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const reportFault = options.onFault ?? ((error) => process.stderr.write(`playground: ${String(error)}\n`));
  const world = createWorld(clock);
  const { bot } = createDemoWorld(world, options.token, options.privilegedIntents);
  const stack = new AsyncDisposableStack();
  const limited = options.rateLimits !== false;
  if (options.dataFolder !== undefined) stack.use(keepWorld(world, options.dataFolder, reportFault));
  if (options.witnessFile !== undefined) stack.use(startWitness(world, options.witnessFile));
  const gatewayOptions = {
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? USUAL_HEARTBEAT_MS,
    identifyWindowMs: limited ? IDENTIFY_WINDOW_MS : 0,
    maxConcurrency: options.maxConcurrency ?? 1,
    shards: options.shards ?? 1,
  };
  const gateway = stack.use(createGateway(world, gatewayOptions, () => context.url.replace(/^http/, 'ws'), changed));
  // This is subscribed after the gateway, so that a change has been delivered when those who wait for it are called.
  stack.defer(world.subscribe(changed));
  const context: PlaygroundContext = {
    world,
    clock,
    gateway,
    limits: createRateLimits(clock, limited),
    faults: createFaults(),
    requests: createRequestLog(clock, changed),
    bot,
    url: '',
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed,
    reportFault,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  return context;
}
