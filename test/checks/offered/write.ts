import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { allOffered, snapshots } from './offers.ts';

// npm run offered: writes what a model is told of each tool to test/checks/offered, one file a domain, where
// `npm run check` compares it and a review sees what has changed.

const folder = import.meta.dirname;
for (const name of readdirSync(folder)) if (name.endsWith('.txt')) rmSync(path.join(folder, name));
for (const [name, text] of snapshots(await allOffered())) writeFileSync(path.join(folder, name), text);
