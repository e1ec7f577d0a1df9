import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyBootstrap } from './testing/copy-bootstrap.ts';

// The machine's Node may be old: bootstrap.mjs is run with real ones, from npm. npm itself is played.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-nodes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const limitMs = 120_000;

describe.each(['18.18.0', '18', '20', '22'])('Node %s', (version) => {
  test('installs and runs a script under the Node of the project', { timeout: limitMs }, ({ skip }) => {
    const node = fetchNode(version);
    if (node === undefined) return skip(`npm has no Node ${version} for this machine`);
    const clone = path.join(folder, `clone-${version}`);
    copyBootstrap(clone);
    writeFileSync(path.join(clone, 'package-lock.json'), JSON.stringify({ packages: { '': {} } }));
    writeFileSync(path.join(clone, 'version.mjs'), 'console.log(process.version);');
    const { status, stdout, stderr } = spawnSync(node, ['start/bootstrap.mjs', 'version.mjs'], {
      cwd: clone,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        npm_execpath: path.join(import.meta.dirname, 'testing/played-npm.cjs'),
        NPM_GIVES_NODE: process.execPath,
      },
    });
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: `${process.version}\n` });
  });
});

/** The path of that Node; undefined when npm does not give it. */
function fetchNode(version: string): string | undefined {
  const name = `node-${process.platform}-${process.arch}`;
  const place = path.join(folder, `node-${version}`);
  mkdirSync(place);
  writeFileSync(path.join(place, 'package.json'), '{ "private": true }\n');
  try {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`], {
      cwd: place,
      stdio: 'ignore',
      timeout: limitMs,
    });
  } catch {
    return undefined;
  }
  return path.join(place, 'node_modules', name, 'bin/node');
}
