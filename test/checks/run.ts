import { spawn } from 'node:child_process';
import path from 'node:path';
import { paint } from '#shared/ground/paint.ts';
import { checkArguments } from '#test/scripts.ts';
import { boundaryCanary } from './boundary-canary.ts';
import { findViolations } from './boundaries.ts';
import { checkClaims } from './claims/claims.ts';
import { claimsCanary } from './claims-canary.ts';
import { findCircles } from './circles.ts';
import { checkDocsIndex } from './docs-index.ts';
import { checkGenerated } from './generated.ts';
import { luaCanary } from './lua-canary.ts';
import { checkScripts } from './lua-scripts.ts';
import { checkOffered, offeredCanary } from './offered/check.ts';
import { toolCanary } from './tool-canary.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A check resolves to the complaints, empty when all is well. */
interface Check {
  name: string;
  /** What the check has looked at, once it is done. */
  told?: () => string;
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
  { name: 'import circles', run: async () => findCircles(root) },
  { name: 'boundary canary', run: boundaryCanary },
  { name: 'Lua scripts', run: async () => checkScripts(root) },
  { name: 'Lua canary', run: async () => luaCanary() },
  { name: 'generated files', run: checkGenerated },
  { name: 'offered tools', run: () => checkOffered(root) },
  { name: 'offered canary', run: () => offeredCanary(root) },
  { name: 'docs index', run: async () => checkDocsIndex(root) },
  { name: 'claims', run: claims, told: () => claimsTold },
  { name: 'claims canary', run: () => claimsCanary(root) },
  { name: 'tool canary', run: () => toolCanary(root) },
];

let claimsTold = '';

async function claims(): Promise<string[]> {
  const { judged, others, complaints } = await checkClaims(root);
  claimsTold = `claims: ${judged} names checked, ${others.length} are of others`;
  if (process.argv.includes('--others')) claimsTold += `\n    ${[...new Set(others)].join('\n    ')}`;
  return complaints;
}

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

async function main(names: string[]): Promise<void> {
  const chosen = checks.filter(({ name }) => names.length === 0 || names.some((word) => name.includes(word)));
  if (chosen.length === 0) {
    process.stderr.write(
      `No check has ${names.join(' or ')} in its name: ${checks.map(({ name }) => name).join(', ')}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const failed: string[] = [];
  for (const check of chosen) {
    const started = performance.now();
    const complaints = await check.run().catch((error: unknown) => [String(error)]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const mark = complaints.length === 0 ? paint.green('✓') : paint.red('✗');
    process.stdout.write(`${mark} ${check.name.padEnd(16)} ${seconds} s\n`);
    if (check.told) process.stdout.write(`    ${check.told()}\n`);
    if (complaints.length === 0) continue;
    failed.push(check.name);
    process.stdout.write(`${complaints.join('\n').replace(/^/gm, '    ')}\n`);
  }
  for (const name of failed) process.stdout.write(`failed: check ${name}\n`);
  process.stdout.write(`${chosen.length - failed.length} passed, ${failed.length} failed\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

const given = checkArguments.read(process.argv.slice(2));
if (given) await main(given.words);
