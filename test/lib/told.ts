export type Say = (text: string) => void;

/** Between two words on work that takes its time, in milliseconds. */
const pauseMs = 10_000;

/** Work that is done sooner is not worth a word, in milliseconds. */
const momentMs = 500;

/**
 * Does work that may take its time and never lets a person wait in silence: says what is done when it turns out to take
 * a moment, every ten seconds how long it has taken and what the work said last, and at the end how long it took.
 * The work gets a function that takes what it says. Rejects as the work does.
 */
export async function told<T>(say: Say, what: string, work: (heard: Say) => Promise<T>): Promise<T> {
  const started = performance.now();
  const seconds = () => `${Math.round((performance.now() - started) / 1_000)} s`;
  let last = '';
  let announced = false;
  const announce = setTimeout(() => {
    announced = true;
    say(`${what} …`);
  }, momentMs);
  const timer = setInterval(() => say(`${what}: ${seconds()}${last === '' ? '' : `, ${last}`}`), pauseMs);
  try {
    const result = await work((line) => (last = line));
    if (announced) say(`${what}: done in ${seconds()}`);
    return result;
  } finally {
    clearTimeout(announce);
    clearInterval(timer);
  }
}
