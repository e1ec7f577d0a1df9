import { errorText } from '#shared/ground/errors.ts';
import type { ArchiveDatabase } from '#shared/archive/database.ts';
import { forgetArchivedPerson } from '#shared/archive/forget-person.ts';
import { auditForget } from '#shared/audit/forget.ts';
import { forgetPerson as forgetMemories } from '#shared/memory/store.ts';
import { noteForgotten, peopleToForget, type Forgotten } from '#shared/run/forgetting.ts';
import type { Toolbox } from '#services/worker/tools/toolbox.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import { forgetVotes } from '#shared/run/votes.ts';
import { forgetSettingsOf } from '#shared/settings/change-settings.ts';
import type { Redis } from 'ioredis';
import { taskFailed } from '#services/worker/events.ts';
import { forgetRunsOf } from './forget-runs.ts';
import { forgetSchedulesOf } from './forget-schedules.ts';
import { forgetTalksOf } from './forget-talks.ts';

interface ForgetParts {
  redis: Redis;
  runs: RunStore;
  archive: ArchiveDatabase | undefined;
  toolbox?: Pick<Toolbox, 'runForgotten'>;
}

/**
 * Forgets everybody who wants it: their runs with what tool-runners keep of their calls, talks, memories, settings, schedules and votes, here and in the archive. What cannot
 * go yet, because a question is still being answered or the archive is away, goes in a later round. The audit log and
 * the sums of what was used stay.
 */
export async function forgetPeople(parts: ForgetParts): Promise<void> {
  for (const [person, done] of await peopleToForget(parts.redis)) {
    try {
      await forgetOne(parts, person, done);
    } catch (error) {
      taskFailed('forget', errorText(error));
    }
  }
}

async function forgetOne(parts: ForgetParts, person: string, done: Forgotten): Promise<void> {
  const { redis, archive } = parts;
  // The votes come first, because they say which archived runs of others hold one.
  const votes = await forgetVotes(redis, person);
  const found = await forgetRunsOf(parts, person);
  const archived = archive ? await forgetArchivedPerson(archive, person, votes) : 0;
  const settings = await forgetSettingsOf(redis, person);
  const schedules = await forgetSchedulesOf(redis, person);
  const now: Forgotten = {
    runs: done.runs + found.forgotten,
    archived: done.archived + archived,
    talks: done.talks + (await forgetTalksOf(redis, person, found.directMessages)),
    memories: done.memories + (await forgetMemories(redis, person)),
    settings: done.settings + settings,
    votes: done.votes + votes.length,
    schedules: done.schedules + schedules,
  };
  const over = found.left === 0;
  if (over) await auditForget(redis, person, now);
  await noteForgotten(redis, person, now, over);
}
