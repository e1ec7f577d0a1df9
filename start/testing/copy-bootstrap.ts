import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Copies what runs before anything is installed. */
export function copyBootstrap(folder: string): void {
  for (const file of ['start/bootstrap.mjs', 'start/leash.mjs', 'start/registry.mjs', 'shared/ground/lives.mjs']) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    copyFileSync(path.join(root, file), path.join(folder, file));
  }
}
