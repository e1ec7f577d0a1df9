import { readJournal } from '#shared/run/journal.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { readRun } from '#shared/run/record.ts';
import { discordRunId } from '#shared/run/request.ts';
import type { Case } from './ledger.ts';

/** Shows what the witnesses and the journals have of these cases, side by side. */
export async function describeCases(redisUrl: string, cases: Case[]): Promise<string> {
  const redis = connectRedis(redisUrl, 'describe');
  try {
    const texts = await Promise.all(
      cases.map(async (each) => {
        const run = discordRunId(each.question);
        const record = await readRun(redis, run);
        const journal = await readJournal(redis, run);
        const { request: _, ...rest } = record ?? { request: undefined };
        const entries = journal.map(({ id, entry }) => `  ${id} ${JSON.stringify(entry).slice(0, 220)}`);
        return [`case ${each.plan.case}: ${JSON.stringify(each)}`, `  record ${JSON.stringify(rest)}`, ...entries].join(
          '\n',
        );
      }),
    );
    return texts.join('\n');
  } finally {
    redis.disconnect();
  }
}
