import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { modelOf, type Asked, type Heard } from './client.ts';

/** A process that asks through libraries of Python, one question after the other. */
export interface PythonLibraries extends AsyncDisposable {
  ask(client: string, base: string, key: string, asked: Asked): Promise<Heard>;
}

interface Told {
  heard?: { text: string; calls: string[]; tokens: number | null };
  error?: string;
}

export function startPythonLibraries(interpreter: string): PythonLibraries {
  const child = spawn(interpreter, [path.join(import.meta.dirname, 'libraries.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async ask(client, base, key, asked) {
      const question = { headers: {}, ...asked, client, base, key, model: modelOf(asked) };
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error('the process of the Python libraries has ended');
      const { heard, error } = JSON.parse(line.value) as Told;
      if (!heard) throw new Error(error);
      return { ...heard, tokens: heard.tokens ?? undefined };
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await gone;
    },
  };
}
