export interface Trouble {
  why: string;
  reached: boolean;
}
export function watchRegistry(
  parts: { ask: () => Promise<Trouble | undefined>; say: (text: string) => void; giveUp: () => void },
  times?: { everyMs: number; patienceMs: number },
): () => string | undefined;
export function askRegistry(command: string, args: string[], cwd: string): Promise<Trouble | undefined>;
export function troubleIn(said: string): Trouble | undefined;
