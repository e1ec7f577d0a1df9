import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyDiff, stepsOf, type Step } from './steps.ts';

export const root = path.resolve(import.meta.dirname, '../..');

/** A copy of the repository in which recipes are followed. */
export interface Copy extends AsyncDisposable {
  root: string;
  /** The text of a file of it. */
  read(file: string): Promise<string>;
  /** Runs a program in it, without what this process was given; its exit code and all that it said. */
  run(command: string, args: string[]): Promise<{ code: number | null; said: string }>;
}

const folders = ['docs', 'grafana', 'litellm', 'mcp', 'services', 'shared', 'start', 'test'];
const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts', 'compose.yaml'];
const parts = [...folders, ...files, '.env.example', 'ARCHITECTURE.md'];

export async function copyRepository(): Promise<Copy> {
  const copy = await mkdtemp(path.join(tmpdir(), 'dragoman-recipes-'));
  await Promise.all(parts.map((name) => cp(path.join(root, name), path.join(copy, name), { recursive: true })));
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  return {
    root: copy,
    read: (file) => readFile(path.join(copy, file), 'utf8'),
    run: (command, args) => runIn(copy, command, args),
    [Symbol.asyncDispose]: () => rm(copy, { recursive: true, force: true }),
  };
}

/** The steps of a page of docs/, followed in the copy. */
export async function followPage(copy: Copy, page: string): Promise<Step[]> {
  const steps = stepsOf(await readFile(path.join(root, 'docs', page), 'utf8'));
  for (const step of steps) await follow(copy, step);
  return steps;
}

/** Commands are left for the tests. */
async function follow(copy: Copy, step: Step): Promise<void> {
  if (step.kind === 'run') return;
  const file = path.join(copy.root, step.file);
  if (step.kind === 'create') {
    await mkdir(path.dirname(file), { recursive: true });
    // Fails where there is one already.
    await writeFile(file, step.text, { flag: 'wx' });
    return;
  }
  await writeFile(file, applyDiff(await copy.read(step.file), step.lines));
}

/** What a program in the copy gets of this process' environment. */
export function plainEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'XDG_CACHE_HOME'];
  const own = Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  return { ...own, NO_COLOR: '1', CI: 'true' };
}

function runIn(cwd: string, command: string, args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(command, args, { cwd, env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}
