import { createGateway } from './gateway/create-gateway.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { PlaygroundOptions } from './options.ts';
import { createFaults, type Faults } from './rest/faults.ts';
import { createRateLimits, type RateLimits } from './rest/rate-limits.ts';
import { createRequestLog, type RequestLog } from './rest/request-log.ts';
import { createClock, type ShiftableClock } from './state/clock.ts';
import { createDemoWorld } from './state/demo.ts';
import type { Bot } from './state/types.ts';
import { createWorld, type World } from './state/world.ts';
import { startWitness } from './witness.ts';

/** Discord's own pause between two IDENTIFYs of a bot. */
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
  /** The bot that the demo server has. */
  bot: Bot;
  /** The address of the server, without a slash at the end, as bots see it; known once it listens. */
  url: string;
  /** Calls back after every change: an event, a request, a session. Returns a function that ends it. */
  onChange(listener: () => void): () => void;
  /** Says that something changed that no event tells, such as the time. */
  changed(): void;
  /** Tells whoever runs the playground of a fault in it. */
  reportFault(error: unknown): void;
}

export function createContext(options: PlaygroundOptions): PlaygroundContext {
  const { clock: base } = options;
  const clock = createClock(base ? () => base.now() : undefined);
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const world = createWorld(clock);
  const { bot } = createDemoWorld(world, options.token, options.privilegedIntents);
  const stack = new AsyncDisposableStack();
  const limited = options.rateLimits !== false;
  if (options.witnessFile !== undefined) stack.use(startWitness(world, options.witnessFile));
  const gatewayOptions = {
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? USUAL_HEARTBEAT_MS,
    identifyWindowMs: limited ? IDENTIFY_WINDOW_MS : 0,
    maxConcurrency: options.maxConcurrency ?? 1,
  };
  const gateway = stack.use(createGateway(world, gatewayOptions, () => context.url.replace(/^http/, 'ws'), changed));
  // After the gateway, so that who waits for a change finds it delivered.
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
    reportFault: options.onFault ?? ((error) => process.stderr.write(`playground: ${String(error)}\n`)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  return context;
}
