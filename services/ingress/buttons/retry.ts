import { replayRun } from '#shared/run/replay.ts';
import type { RunRecord } from '#shared/run/record.ts';
import type { Caller, RunRequestInput } from '#shared/run/request.ts';
import { buildRequest } from '../request/build.ts';
import { plainName } from '../request/names.ts';
import { isAsker, runOfPress, type Button, type ButtonContext } from './button.ts';

/** Asks again and replaces the present answer. For the person who asked, and for admins. */
export const retry: Button = async (press, ingress) => {
  const record = await runOfPress(press, ingress);
  if (!record || record.status !== 'ended') return 'quiet';
  if (!isAsker(press, record) && !press.interaction.admin) {
    return { say: `Only <@${record.request.caller.id}>, or somebody who manages this server, can ask this again.` };
  }
  const edited = await editedQuestion(record, ingress);
  // What was recorded before a failure is used again, unless it belongs to another question.
  const from = record.outcome === 'failed' && !edited ? 'failed-step' : 'start';
  const by = plainName(press.interaction.author.name);
  const changes = { ...edited, caller: await askerNow(record, ingress) };
  // One replay is made, however often the button is pressed.
  await replayRun(ingress.runs, record.id, { from, by, changes });
  return 'quiet';
};

/** The person who asked, with the roles that they have at this moment. */
export async function askerNow({ request }: RunRecord, ingress: ButtonContext): Promise<Caller> {
  const roles = await ingress.reads.fetchRoles(request.caller.guild, request.caller.id);
  return { ...request.caller, discordRoles: roles.flatMap((role) => [role.id, role.name]) };
}

/** The question's text after an edit; undefined when it is unchanged or gone. */
export async function editedQuestion(
  { request }: RunRecord,
  ingress: ButtonContext,
): Promise<Pick<RunRequestInput, 'text' | 'images'> | undefined> {
  const { channel = '', messages = [] } = request.discord ?? {};
  const [first, ...others] = await ingress.reads.fetchMessages(channel, messages);
  if (!first || ![first, ...others].some(({ edited }) => edited)) return undefined;
  const built = await buildRequest({ messages: [first, ...others], trigger: 'retry' }, ingress);
  return built && { text: built.request.text, images: built.request.images };
}
