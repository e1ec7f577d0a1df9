import type { RunStore } from '#shared/run/run-store.ts';
import { buttonRow, buttonStyle } from '../delivery/buttons.ts';
import { nonceOf } from '../delivery/nonce.ts';
import { flags, type DiscordApi } from '../discord/api.ts';
import type { Reads } from '../discord/reads.ts';
import type { Languages } from '../language/choose.ts';
import { questionText } from '../request/names.ts';
import type { MessageIndex } from './message-index.ts';

export interface RerunContext {
  index: MessageIndex;
  runs: RunStore;
  api: DiscordApi;
  languages: Languages;
  reads: Pick<Reads, 'botRole'>;
  /** The bot's own user id. */
  bot(): string;
}

/**
 * Offers to ask a question again whose text was changed after it was taken: the answer is one to the old text. Discord
 * also tells of changes that are none, when it adds a preview of a link.
 */
export async function offerRerun(
  ingress: RerunContext,
  channel: string,
  message: string,
  content: string,
): Promise<void> {
  const { runs, index, api, reads } = ingress;
  const runId = await index.runOf(message);
  const record = runId === undefined ? undefined : await runs.read(runId);
  const asked = record?.request.discord?.messages.includes(message) === true ? record : undefined;
  if (!asked || content === '') return;
  const text = questionText(content, ingress.bot(), reads.botRole(asked.request.discord?.guild));
  if (text === '' || asked.request.text.includes(text)) return;
  const person = asked.request.caller.id;
  const say = await ingress.languages.inPlace({ guild: asked.request.discord?.guild, channel, person });
  const body = {
    content: `-# ${say('rerun.offer')}`,
    flags: flags.suppressEmbeds | flags.silent,
    components: [
      buttonRow([{ id: `rerun:${asked.id}`, label: say('button.ask-again'), style: buttonStyle.secondary }]),
    ],
    reply: { message },
  };
  // Discord posts it once, however often the question is changed within its memory of nonces.
  await api.send(channel, body, nonceOf(asked.id, 'edited'));
}
