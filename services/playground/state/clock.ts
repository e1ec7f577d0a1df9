/** Where the playground takes the time from: milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** A clock that tests can push forward: tokens expire and windows close without waiting. */
export interface ShiftableClock extends Clock {
  /** Moves the time forward by `ms` milliseconds. */
  advance(ms: number): void;
}

export function createClock(base: () => number = Date.now): ShiftableClock {
  let shift = 0;
  return {
    now: () => base() + shift,
    advance(ms) {
      shift += ms;
    },
  };
}
