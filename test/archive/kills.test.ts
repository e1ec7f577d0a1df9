import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLookup } from '#shared/archive/lookup.ts';
import { readJournal } from '#shared/run/journal.ts';
import { startTestArchive, type TestArchive } from '#test/lib/archive.ts';
import { fillAudit } from '#test/lib/audit-rows.ts';
import { addEndedRun } from '#test/lib/ended-runs.ts';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestStore } from '#test/lib/test-store.ts';

const { redis, queues, server } = await startTestStore();
const key = 'the-key-of-this-test-and-no-other';
let place: TestArchive;
beforeAll(async () => {
  place = await startTestArchive();
}, POSTGRES_START_TIMEOUT_MS);
afterAll(() => place?.[Symbol.asyncDispose]());

/**
 * Starts a process that moves everything to the archive, and kills it after `killAfterMs` if that is given. Resolves to
 * whether it finished.
 */
async function move(killAfterMs?: number): Promise<boolean> {
  const file = path.join(import.meta.dirname, 'mover.ts');
  const child = spawn(process.execPath, [file, server.url, place.url, key], { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = once(child, 'exit') as Promise<[number | null]>;
  await Promise.race([once(child.stdout, 'data'), gone]);
  if (killAfterMs !== undefined) {
    await Promise.race([sleep(killAfterMs), gone]);
    child.kill('SIGKILL');
  }
  const [code] = await gone;
  return code === 0;
}

it('loses and doubles nothing however often it is killed', { timeout: 300_000 }, async () => {
  const count = 400;
  const rows = 6_000;
  for (let index = 0; index < count; index += 1) await addEndedRun({ redis, queues }, { id: `r${index}` });
  const journals = await Promise.all(Array.from({ length: count }, (_, index) => readJournal(redis, `r${index}`)));
  const begin = Date.now() - 3_600_000;
  await fillAudit(
    redis,
    rows,
    (index) => ({ run: `r${index % count}`, who: 'terminal:ada', kind: 'stop', data: { by: `x${index}` } }),
    (index) => begin + index,
  );
  const lookup = createLookup({ redis, archive: place.archive });
  let done = false;
  let between = 0;
  for (let kills = 0; !done; kills += 1) {
    // Each kill comes at another moment; the last processes run to their end.
    done = await move(kills < 12 ? 20 + 35 * kills : undefined);
    const found = await lookup.recent({ limit: 10_000 });
    expect(new Set(found.rows.map(({ id }) => id)).size).toBe(count);
    expect(found.rows).toHaveLength(count);
    if (new Set(found.rows.map(({ archived }) => archived)).size === 2) between += 1;
    expect(await lookup.checkAudit(key)).toMatchObject({ rows, problems: [] });
  }
  // Some kills came in the middle of the work.
  expect(between).toBeGreaterThan(0);
  const { rows: runs } = await lookup.recent({ limit: 10_000 });
  expect(runs.every(({ archived }) => archived)).toBe(true);
  const after = new Map<string, unknown>();
  for (const run of runs) after.set(run.id, await lookup.journal(run));
  expect(Array.from({ length: count }, (_, index) => after.get(`r${index}`))).toEqual(journals);
});
