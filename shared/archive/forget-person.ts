import type { ArchiveDatabase } from './database.ts';
import { discardArchivedRun } from './runs.ts';
import { indexed } from './text.ts';

/**
 * Forgets all archived runs of a person (`kind:id`), and their votes on the runs of others that `voted` names. Rows of
 * the audit log stay. Returns how many runs went.
 */
export async function forgetArchivedPerson(
  archive: ArchiveDatabase,
  person: string,
  voted: readonly string[],
): Promise<number> {
  const rows = await archive.query('SELECT run FROM archive.runs WHERE caller_id = $1', [indexed(person)]);
  for (const { run } of rows) await discardArchivedRun(archive, String(run));
  const by = person.slice(person.indexOf(':') + 1);
  await archive.query(
    `DELETE FROM archive.entries WHERE run = ANY($1) AND entry LIKE '%"type":"feedback"%' AND strpos(entry, $2) > 0`,
    [voted, `"by":${JSON.stringify(by)}`],
  );
  return rows.length;
}
