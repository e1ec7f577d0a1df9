import { paint } from '#shared/ground/paint.ts';
import type { LineReader } from '../line-reader.ts';
import type { Terminal } from '../terminal.ts';

/** The conversation of `dragoman setup`. Each question has a default that Enter takes. */
export interface Talk {
  say(text: string): void;
  good(text: string): void;
  bad(text: string): void;
  /** The answer without spaces around it; `fallback` for an empty one. */
  ask(question: string, fallback?: string): Promise<string>;
  /** What is typed is not shown. */
  secret(question: string): Promise<string>;
  yes(question: string, fallback: boolean): Promise<boolean>;
  /** The index of the chosen line; undefined for none of them. */
  choose(question: string, lines: readonly string[]): Promise<number | undefined>;
}

/** The person has left: end of input, or Ctrl-C. */
export class Left extends Error {}

export function createTalk({ err }: Terminal, reader: LineReader): Talk {
  const say = (text: string) => err.write(`${text}\n`);
  async function read(prompt: string, hidden = false): Promise<string> {
    const answer = await reader.read(`${paint.bold(prompt)} `, undefined, { hidden });
    if (answer === undefined) throw new Left();
    return answer.trim();
  }
  return {
    say,
    good: (text) => say(`${paint.green('✓')} ${text}`),
    bad: (text) => say(`${paint.red('✗')} ${text}`),
    ask: async (question, fallback = '') =>
      (await read(fallback === '' ? `${question}:` : `${question} [${fallback}]:`)) || fallback,
    secret: (question) => read(`${question} (not shown):`, true),
    async yes(question, fallback) {
      for (;;) {
        const answer = (await read(`${question} ${fallback ? '[Y/n]' : '[y/N]'}`)).toLowerCase();
        if (answer === '') return fallback;
        if (['y', 'yes'].includes(answer)) return true;
        if (['n', 'no'].includes(answer)) return false;
      }
    },
    async choose(question, lines) {
      for (const [at, line] of lines.entries()) say(`  ${String(at + 1).padStart(2)}  ${line}`);
      for (;;) {
        const answer = await read(`${question} (1–${lines.length}, Enter for none):`);
        if (answer === '') return undefined;
        const number = Number(answer);
        if (Number.isInteger(number) && number >= 1 && number <= lines.length) return number - 1;
        say(`Write a number from 1 to ${lines.length}.`);
      }
    },
  };
}
