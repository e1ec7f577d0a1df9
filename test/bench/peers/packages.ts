import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { told } from '#test/lib/told.ts';
import type { PeerModules } from './modules.ts';

/**
 * The versions are exact, so that figures can be compared. They are no dependencies of the project: only this
 * comparison uses them.
 */
const versions: Record<string, string> = {
  '@dbos-inc/dbos-sdk': '5.3.0',
  '@restatedev/restate-sdk': '1.17.2',
  '@restatedev/restate-sdk-clients': '1.17.2',
  '@restatedev/restate-server': '1.7.12',
};

/** The folder lies outside the project and is kept for the next run. */
const folder = path.join(tmpdir(), 'dragoman-bench-peers');

/**
 * Installs what is missing with npm, without running the packages' scripts. Rejects with npm's output when it cannot.
 */
export async function installPeers(say: (text: string) => void): Promise<void> {
  const missing = Object.keys(versions).filter((name) => installedVersion(name) !== versions[name]);
  if (missing.length === 0) return say(`the peers' packages lie in ${folder}`);
  say(`npm installs ${missing.join(', ')} into ${folder}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact'];
  await told(say, 'npm install', () => promisify(execFile)('npm', ['install', ...options], { cwd: folder }));
}

function installedVersion(name: string): string | undefined {
  const file = path.join(folder, 'node_modules', name, 'package.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** A module of the peers, once they are installed. */
export function loadPeer<N extends keyof PeerModules>(name: N): PeerModules[N] {
  return createRequire(path.join(folder, 'package.json'))(name) as PeerModules[N];
}

/** The server's own binary, without its launcher. Throws when there is none for this platform. */
export function restateBinary(): string {
  const file = path.join(folder, `node_modules/@restatedev/restate-server-${platform()}-${arch()}/bin/restate-server`);
  if (!existsSync(file)) throw new Error(`restate-server has no build for ${platform()} ${arch()}`);
  return file;
}
