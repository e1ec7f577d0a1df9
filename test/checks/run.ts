import { spawn } from 'node:child_process';
import path from 'node:path';
import { paint } from '#shared/ground/paint.ts';
import { boundaryCanary } from './boundary-canary.ts';
import { findViolations } from './boundaries.ts';
import { checkDrawing } from './drawing.ts';
import { luaCanary } from './lua-canary.ts';
import { checkScripts } from './lua-scripts.ts';
import { checkOffered, offeredCanary } from './offered/check.ts';
import { toolCanary } from './tool-canary.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A check resolves to the complaints, empty when all is well. */
interface Check {
  name: string;
  run(): Promise<string[]>;
}

const checks: Check[] = [
  { name: 'format', run: () => tool('oxfmt', ['--check', '.']) },
  { name: 'lint', run: () => tool('oxlint', ['--type-aware', '--deny-warnings']) },
  { name: 'types', run: () => tool('tsc', []) },
  { name: 'unused code', run: () => tool('knip', ['--no-progress']) },
  {
    name: 'boundaries',
    run: async () => findViolations(root).map(({ file, line, problem }) => `${file}:${line}: ${problem}`),
  },
  { name: 'boundary canary', run: boundaryCanary },
  { name: 'Lua scripts', run: async () => checkScripts(root) },
  { name: 'Lua canary', run: async () => luaCanary() },
  { name: 'transitions', run: async () => checkDrawing(root) },
  { name: 'offered tools', run: () => checkOffered(root) },
  { name: 'offered canary', run: () => offeredCanary(root) },
  { name: 'tool canary', run: () => toolCanary(root) },
];

/** Runs a tool of node_modules/.bin over the repository; its output is the complaint when it fails. */
async function tool(name: string, args: string[]): Promise<string[]> {
  const child = spawn(path.join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return code === 0 ? [] : [output.trim() || `${name} ended with code ${code}`];
}

const failed: string[] = [];
for (const check of checks) {
  const started = performance.now();
  const complaints = await check.run().catch((error: unknown) => [String(error)]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const mark = complaints.length === 0 ? paint.green('✓') : paint.red('✗');
  process.stdout.write(`${mark} ${check.name.padEnd(16)} ${seconds} s\n`);
  if (complaints.length === 0) continue;
  failed.push(check.name);
  process.stdout.write(`${complaints.join('\n').replace(/^/gm, '    ')}\n`);
}
for (const name of failed) process.stdout.write(`failed: check ${name}\n`);
process.stdout.write(`${checks.length - failed.length} passed, ${failed.length} failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
