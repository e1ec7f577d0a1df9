export type Say = (text: string) => void;

/** How many milliseconds pass between two lines about work that takes long. */
const pauseMs = 10_000;

/** Work that ends within this many milliseconds is not reported. */
const momentMs = 500;

/**
 * Does work that may take long, without letting a person wait in silence. When the work takes more than a moment, it
 * says what is done, every ten seconds how long it has taken and what the work said last, and at the end how long it
 * took. The work gets a function that takes what it says. Rejects as the work does.
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
