import type { Redis } from 'ioredis';
import { findUnreadable } from '#shared/run/unreadable.ts';
import { broken, type Finding } from './finding.ts';

/** This many runs are named; of more only the number is given. */
const named = 5;

/** Finds runs that this version cannot read: nobody works on them, and no list shows them. */
export async function checkUnreadable(redis: Redis): Promise<Finding[]> {
  const unreadable = await findUnreadable(redis);
  const [first] = unreadable;
  if (!first) return [];
  const detail = `${unreadableRuns(unreadable)}: ${first.why}`;
  return [
    broken('runs', detail, 'They are of a newer version, or were changed by hand. Start the version that wrote them.'),
  ];
}

/** How many runs there are, and which. */
export function unreadableRuns(runs: { id: string }[]): string {
  const ids = runs.slice(0, named).map(({ id }) => id);
  const more = runs.length > named ? ' …' : '';
  return `${runs.length} cannot be read by this version (${ids.join(', ')}${more})`;
}
