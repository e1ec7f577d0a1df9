#!/usr/bin/env node
// `dragoman` as a program: runs main.ts with the project's own Node where the machine's is too old for TypeScript.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const oldestNode = 24;

if (Number(process.versions.node.split('.')[0]) >= oldestNode) {
  // Keeping compiled code halves the time until the first output.
  module.enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)));
  await import('./main.ts');
} else {
  const node = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
  if (!existsSync(node)) {
    process.stderr.write(`dragoman needs Node ${oldestNode}: run npm ci here first, or install it.\n`);
    process.exitCode = 1;
  } else {
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    // A terminal sends Ctrl-C to the child as well; it must not end this process, which waits for the child.
    process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
    child.once('exit', (code, signal) => {
      process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
    });
  }
}
