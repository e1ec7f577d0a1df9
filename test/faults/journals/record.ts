import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decideApproval } from '#shared/run/decide.ts';
import { keys } from '#shared/redis/keys.ts';
import { mark } from '#test/model/turn.ts';
import { startRig } from '#test/worker/rig.ts';
import { scripts, storedToolbox } from './scripts.ts';

// node test/faults/journals/record.ts v2: stores journals as this version writes them, in <name>.json beside this file.
// Run it when the form of journal entries changes. Files of earlier versions stay for ever.

const version = process.argv[2] ?? 'v1';
await using rig = await startRig();
await using _ = await rig.worker({ toolbox: storedToolbox() });
const journals: { script: string; entries: unknown[] }[] = [];
for (const [script, turns] of Object.entries(scripts)) {
  rig.model.script(script, turns);
  if (script === 'talk') rig.model.fail(1, 503);
  const runId = await rig.accept(mark(script, `Do ${script}.`));
  if (script === 'asks') {
    const { approval } = await rig.entry(runId, 'approval.requested');
    await decideApproval({ redis: rig.redis, queues: rig.queues }, runId, approval, { decision: 'allow', by: 'Ann' });
  }
  await rig.ended(runId);
  const rows = await rig.redis.xrange(keys.journal(runId), '-', '+');
  journals.push({ script, entries: rows.map(([, fields]) => JSON.parse(fields[1] ?? 'null') as unknown) });
}
const file = path.join(import.meta.dirname, `${version}.json`);
await writeFile(file, `${JSON.stringify(journals, undefined, 2)}\n`);
process.stdout.write(`${journals.length} journals in ${file}\n`);
