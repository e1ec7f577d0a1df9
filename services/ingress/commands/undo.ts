import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { listRecent } from '#shared/run/list.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { callerKey, callerSchema } from '#shared/run/request.ts';
import { readTalk } from '#shared/run/talks.ts';
import { addUndone, readUndone } from '#shared/run/undone.ts';
import { oneLine } from '../delivery/escape.ts';
import { unremember } from '../messages/unremember.ts';
import { callerOf, conversationOf } from '../request/build.ts';
import type { Command, CommandContext } from './command.ts';

/** Runs that are looked at for the newest one of a conversation. */
const lookedAt = 200;

/** Takes the last question of the person, and its answer, out of the conversation here. */
export const undo: Command = {
  definition: { name: 'undo', type: 1, description: 'Take your last question here and its answer out of the talk' },
  async use(interaction, ingress) {
    const { redis } = ingress;
    const { say } = interaction;
    const caller = callerSchema.parse(callerOf(interaction));
    const conversation = conversationOf({ ...interaction, kind: interaction.place });
    if ((await redis.llen(keys.line(conversation))) > 0) {
      return { say: say('undo.unanswered') };
    }
    const [undone, talk] = await Promise.all([readUndone(redis, conversation), readTalk(redis, conversation)]);
    const runs = (await answeredRuns(redis, callerKey(caller), conversation)).filter(
      (run) => run.talk === talk.number && !undone.has(run.id),
    );
    const [last] = runs;
    if (!last) return { say: say('undo.nothing') };
    // A question that was asked again has an answer by each try.
    const tries = runs.filter(({ id }) => rootOf(id) === rootOf(last.id));
    for (const run of tries) await takeOut(ingress, run);
    const more = runs.length === tries.length ? [] : [say('undo.more')];
    return { say: [say('undo.done', { question: oneLine(last.request.text, 100) }), ...more].join(' ') };
  },
};

async function answeredRuns(redis: Redis, person: string, conversation: string): Promise<RunRecord[]> {
  const { rows } = await listRecent(redis, { user: person, limit: lookedAt });
  return rows.filter(({ request, outcome }) => request.conversation === conversation && outcome === 'answered');
}

/** The run that was asked first; a replay's id goes on from it. */
function rootOf(id: string): string {
  return id.replace(/(-r\d+)+$/, '');
}

async function takeOut({ redis, runs, deliveries }: CommandContext, run: RunRecord): Promise<void> {
  const { parts } = await deliveries.read(run.id);
  const answers = [...parts.values()].flatMap(({ message }) => message ?? []);
  await addUndone(redis, run.request.conversation, [run.id, ...(run.request.discord?.messages ?? []), ...answers]);
  await unremember(redis, runs, run);
}
