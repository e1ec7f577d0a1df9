import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { told } from '#test/lib/told.ts';
import { aiderPackage, programs, pythonPackages } from './matrix.ts';

const run = promisify(execFile);
type Say = (line: string) => void;

/** A Python environment with the libraries of the matrix, from PyPI. Returns its interpreter. */
export async function installPython(say: Say): Promise<string> {
  const wanted = exact(pythonPackages, '==');
  const folder = await once('clients-python', wanted, async (place) => {
    await told(say, 'making a Python environment', () => run('python3', ['-m', 'venv', place]));
    await told(say, `installing ${wanted.join(', ')} from PyPI`, () =>
      run(path.join(place, 'bin/pip'), ['install', '-q', ...wanted], { maxBuffer: 50_000_000 }),
    );
  });
  return path.join(folder, 'bin/python');
}

/** aider, from PyPI, in an environment of its own: it fixes the versions of all that it needs. Returns its command. */
export async function installAider(say: Say): Promise<string> {
  const wanted = exact(aiderPackage, '==');
  const folder = await once('clients-aider', wanted, async (place) => {
    await told(say, 'making a Python environment', () => run('python3', ['-m', 'venv', place]));
    await told(say, `installing ${wanted.join()} from PyPI`, () =>
      run(path.join(place, 'bin/pip'), ['install', '-q', ...wanted], { maxBuffer: 50_000_000 }),
    );
  });
  return path.join(folder, 'bin/aider');
}

/** The programs of the matrix, from npm. Returns the folder of their commands. */
export async function installPrograms(say: Say): Promise<string> {
  const wanted = exact(programs, '@');
  const folder = await once('clients-programs', wanted, async (place) => {
    writeFileSync(path.join(place, 'package.json'), '{ "private": true }\n');
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...wanted];
    await told(say, `installing ${wanted.join(', ')} from npm`, () =>
      run('npm', args, { cwd: place, maxBuffer: 50_000_000 }),
    );
  });
  return path.join(folder, 'node_modules/.bin');
}

function exact(packages: Record<string, string>, sign: string): string[] {
  return Object.entries(packages).map(([name, version]) => `${name}${sign}${version}`);
}

/** A folder that is filled once for these versions and kept for all clones of the repository. */
async function once(name: string, wanted: string[], fill: (folder: string) => Promise<unknown>): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const folder = path.join(cache, 'dragoman', `${name}-${wanted.join('-').replaceAll(/[^\w.-]+/g, '_')}`);
  const complete = path.join(folder, 'complete');
  if (existsSync(complete)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await fill(folder);
  writeFileSync(complete, '');
  return folder;
}
