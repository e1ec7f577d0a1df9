/** What an injected fault does with a request. */
export interface Injection {
  /** `METHOD /path` below /api/v10; `*` stands for one part, `**` for any rest. */
  route: string;
  /** How many requests it hits; 1 unless given. */
  times?: number;
  /**
   * The share of fitting requests that it hits, 0 to 1. The random numbers come from a seed, so each run has the same.
   */
  chance?: number;
  /** Answers with this status instead of the real one. 429 gets rate-limit headers. */
  status?: number;
  /** With `status`: Discord's code of the refusal, 0 by default; 10000 to 999999 have their meanings in its docs. */
  code?: number;
  /** With `status`: more fields of the refusal, such as `errors` of a form or `retry_after` of a slow mode. */
  body?: Record<string, unknown>;
  /** With `status`: answers with a page of HTML, as the network before Discord does when it blocks a request. */
  html?: boolean;
  /** For 429: the limit of a resource that others used up, which does not count as an invalid request. */
  shared?: boolean;
  /** For 429: after how many seconds to retry; 1 by default. */
  retryAfter?: number;
  /** For 429: says that the limit of the whole bot is hit. */
  global?: boolean;
  /** Never answers; the socket stays open until the playground ends. */
  hang?: boolean;
  /** Resets the connection without an answer. */
  cut?: boolean;
  /** Sends the real answer, but this many milliseconds later. */
  delayMs?: number;
  /** With `delayMs`: the work is also done only then, so that later requests overtake this one. */
  late?: boolean;
  /** Does the work first: the message is stored, and only the answer is lost. */
  afterStore?: boolean;
}

export interface Faults {
  inject(injection: Injection): void;
  clear(): void;
  /** The fault that hits this request, if any. Counts the hit. */
  take(method: string, path: string): Injection | undefined;
  /** How many requests each kind of fault has hit. */
  hits(): Record<string, number>;
}

export function createFaults(): Faults {
  let active: { injection: Injection; pattern: RegExp; left: number }[] = [];
  const hits: Record<string, number> = {};
  const draw = createDraw(1);
  return {
    inject(injection) {
      const left = injection.times ?? (injection.chance === undefined ? 1 : Infinity);
      active.push({ injection, pattern: routePattern(injection.route), left });
    },
    clear() {
      active = [];
    },
    take(method, path) {
      const fitting = active.find(
        ({ pattern, injection }) =>
          pattern.test(`${method} ${path}`) && (injection.chance === undefined || draw() < injection.chance),
      );
      if (!fitting) return undefined;
      fitting.left -= 1;
      active = active.filter(({ left }) => left > 0);
      const name = kindOf(fitting.injection);
      hits[name] = (hits[name] ?? 0) + 1;
      return fitting.injection;
    },
    hits: () => ({ ...hits }),
  };
}

function kindOf(injection: Injection): string {
  const kind = injection.hang
    ? 'hang'
    : injection.cut
      ? 'cut'
      : String(injection.status ?? (injection.late ? 'late' : 'delay'));
  return injection.afterStore === true ? `${kind} after store` : kind;
}

function routePattern(route: string): RegExp {
  const escaped = route.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  const source = escaped.replaceAll('**', '\0').replaceAll('*', '[^/]+').replaceAll('\0', '.*');
  return new RegExp(`^${source}$`);
}

/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function createDraw(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
