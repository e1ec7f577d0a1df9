/** What calls ended with: what a model would read, or the error. None is lost, and none may wait for ever. */
export async function endsOf(calls: Promise<{ content: unknown }>[]): Promise<string[]> {
  const ends = await Promise.allSettled(calls);
  return ends.map((end) => (end.status === 'fulfilled' ? JSON.stringify(end.value.content) : String(end.reason)));
}

/** The ends that do not fit, shortened, each once. */
export function others(ends: readonly string[], fits: RegExp): string[] {
  return [...new Set(ends.filter((text) => !fits.test(text)).map((text) => text.slice(0, 300)))];
}
