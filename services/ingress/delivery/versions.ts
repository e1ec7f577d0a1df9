/** Which answer to its question a run gives: 1 for the first, 2 for the first retry (see `replayId`). */
export function versionOf(runId: string): number {
  return Number(/-r(\d+)$/.exec(runId)?.[1] ?? 0) + 1;
}
