import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const version = '2.41.1';

/** Where n8n is installed, once for all clones; N8N_FOLDER names another place. */
export const n8nFolder = process.env['N8N_FOLDER'] ?? path.join(tmpdir(), `dragoman-n8n-${version}`);

export const n8nProgram = path.join(n8nFolder, 'node_modules/n8n/bin/n8n');
const driver = path.join(n8nFolder, 'node_modules/sqlite3/build/Release/node_sqlite3.node');

/**
 * Installs n8n from npm with its database driver, which takes about ten minutes and 2.2 GB. Rejects with npm's last
 * words. Later versions of what n8n needs do not fit together, hence the date.
 */
export async function installN8n(say: (line: string) => void): Promise<void> {
  mkdirSync(n8nFolder, { recursive: true });
  writeFileSync(path.join(n8nFolder, 'package.json'), '{ "private": true }\n');
  if (!existsSync(n8nProgram)) {
    say(`installing n8n ${version} from npm into ${n8nFolder}`);
    const flags = ['--before=2026-10-01', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
    await npm(['install', `n8n@${version}`, ...flags]);
  }
  if (!existsSync(driver)) {
    say('building its database driver');
    await npm(['rebuild', 'sqlite3']);
  }
}

async function npm(args: string[]): Promise<void> {
  const child = spawn('npm', args, { cwd: n8nFolder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-1_000)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`npm ${args[0]} ended with ${String(code)}: ${said.trim()}`);
}
