import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { allOffered, findToolsOffered, snapshots } from './offers.ts';

/** Writes what a model is told of each tool beside this file, one file a domain, so that a review sees what has changed. */
export async function writeSnapshots(): Promise<void> {
  const folder = import.meta.dirname;
  for (const name of readdirSync(folder)) if (name.endsWith('.txt')) rmSync(path.join(folder, name));
  for (const [name, text] of snapshots([...(await allOffered()), await findToolsOffered([])]))
    writeFileSync(path.join(folder, name), text);
}
