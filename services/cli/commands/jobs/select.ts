import type { Command } from 'commander';
import { UserError } from '#shared/ground/errors.ts';
import type { RunFilter } from '#shared/run/list.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { age, wholeNumber } from '#services/cli/arguments.ts';
import type { Connection } from '#services/cli/stack.ts';

/** Which runs a command is about, by its options. */
export interface Selection {
  reason?: string[];
  /** Milliseconds. */
  since?: number;
  user?: string;
  limit: number;
}

/** `--reason`, `--since`, `--user`, `--limit`: the same for every command about many runs. */
export function addSelection(command: Command, limit: number): Command {
  return command
    .option(
      '--reason <kinds>',
      'only failures of these kinds, comma-separated: overloaded, bad-key, deadline …',
      reasons,
    )
    .option('--since <time>', 'only of this last time: 30m, 2h, 7d', age)
    .option('--user <who>', 'only of this person: id or name')
    .option('--limit <n>', 'at most so many, the latest first', wholeNumber, limit);
}

export function filterOf({ reason, since, user, limit }: Selection, now = Date.now()): RunFilter {
  return {
    limit,
    ...(reason === undefined ? {} : { reasons: reason }),
    ...(since === undefined ? {} : { since: now - since }),
    ...(user === undefined ? {} : { user }),
  };
}

/**
 * The runs that are named, or the failed runs that the filters fit, oldest first, as they were asked. Throws UserError
 * for an unknown id, and when neither names nor filters are given.
 */
export async function selectRuns(
  { lookup }: Connection,
  ids: string[],
  selection: Selection & { all?: true },
): Promise<RunRecord[]> {
  const { all, reason, since, user } = selection;
  if (ids.length === 0 && !all && reason === undefined && since === undefined && user === undefined) {
    throw new UserError('nothing-selected', 'Name runs, narrow with --reason, --since or --user, or say --all.');
  }
  if (ids.length === 0) return (await lookup.failed(filterOf(selection))).rows.toReversed();
  const found: RunRecord[] = [];
  for (const id of new Set(ids)) {
    const record = await lookup.run(id);
    if (!record)
      throw new UserError('unknown-run', `There is no run ${id}. npx dragoman jobs list shows what is kept.`);
    found.push(record);
  }
  return found;
}

function reasons(text: string): string[] {
  return text.split(',').map((each) => each.trim());
}
