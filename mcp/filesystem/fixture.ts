import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { config, createDomain } from './domain.ts';

export interface Answer {
  failed: boolean;
  text: string;
  data: Record<string, unknown>;
}

export interface TestFiles extends AsyncDisposable {
  /** The folder that holds `workspace/` (the root) and whatever a test puts beside it. */
  base: string;
  root: string;
  call(tool: string, args: unknown, signal?: AbortSignal): Promise<Answer>;
}

/** A filesystem domain over a fresh folder, called as the server calls it. For tests. */
export async function testFiles(settings: Record<string, unknown> = {}): Promise<TestFiles> {
  const base = await mkdtemp(path.join(os.tmpdir(), 'dragoman-files-'));
  const root = path.join(base, 'workspace');
  await mkdir(root);
  const domain = createDomain(config.parse({ FILESYSTEM_ROOT: root, ...settings }));
  return {
    base,
    root,
    async call(name, args, signal = new AbortController().signal) {
      const tool = domain.tools.find((candidate) => candidate.name === name);
      if (!tool) return { failed: true, text: `There is no tool named ${name}.`, data: {} };
      const result = await tool.call(args, { signal, progress: () => undefined });
      const [first] = result.content;
      const text = first?.type === 'text' ? first.text : '';
      return { failed: result.isError === true, text, data: (result.structuredContent ?? {}) as Answer['data'] };
    },
    [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }),
  };
}
