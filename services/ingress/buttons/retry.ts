import { acceptRun, type RunRecord } from '#shared/runs.ts';
import type { RunRequestInput } from '#shared/run.ts';
import type { InteractionParts } from '../interactions/parts.ts';
import { buildRequest } from '../request/build.ts';
import { isAsker, runOfPress, type Button } from './button.ts';

/** Asks again, in place of the answer that stands. For the person who asked, and for admins. */
export const retry: Button = async (press, parts) => {
  const record = await runOfPress(press, parts);
  if (!record || record.status !== 'ended') return 'quiet';
  if (!isAsker(press, record) && !press.interaction.admin) {
    return { say: `Only <@${record.request.caller.id}>, or somebody who manages this server, can ask this again.` };
  }
  // Its id follows from the run's: pressing twice asks once.
  await acceptRun(parts.redis, parts.queues, await askAgain(record, parts));
  return 'quiet';
};

/** The same question once more, with the text as it stands now and the asker's roles at this moment. */
async function askAgain(record: RunRecord, parts: InteractionParts): Promise<RunRequestInput> {
  const { request } = record;
  const id = nextId(record.id);
  const roles = await parts.fetchRoles(request.caller.guild, request.caller.id);
  const discordRoles = roles.flatMap((role) => [role.id, role.name]);
  const edited = await editedQuestion(record, parts);
  return { ...request, ...edited, id, replayOf: record.id, caller: { ...request.caller, discordRoles } };
}

/** What the question says after an edit; undefined when it stands as it was, or is gone. */
async function editedQuestion(
  { request }: RunRecord,
  parts: InteractionParts,
): Promise<Pick<RunRequestInput, 'text' | 'images'> | undefined> {
  const { channel = '', messages = [] } = request.discord ?? {};
  const [first, ...others] = await parts.fetchMessages(channel, messages);
  if (!first || ![first, ...others].some(({ edited }) => edited)) return undefined;
  const built = await buildRequest({ messages: [first, ...others], trigger: 'retry' }, parts.door.build);
  return built && { text: built.request.text, images: built.request.images };
}

/** `discord-1` → `discord-1-r1` → `discord-1-r2`. */
function nextId(runId: string): string {
  const [, base = runId, count] = /^(.+?)(?:-r(\d+))?$/.exec(runId) ?? [];
  return `${base}-r${Number(count ?? 0) + 1}`;
}
