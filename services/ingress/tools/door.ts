import { randomUUID } from 'node:crypto';
import { ComponentType, type APIMessage } from 'discord.js';
import type { DiscordDoor, DiscordPost } from '#mcp/discord/door.ts';
import { OutcomeUnknown } from '#mcp/kit.ts';
import { UpstreamError } from '#shared/ground/errors.ts';
import { nonceOf } from '../delivery/nonce.ts';
import { sendOnce } from '../delivery/send-once.ts';
import { flags } from '../discord/api.ts';
import type { Discord } from '../discord/connect.ts';
import { readShown } from '../discord/shown.ts';
import { plainName } from '../request/names.ts';
import { noticeText } from '../request/notices.ts';
import { beside, fileNames, filesOf, inert } from '../request/shown-text.ts';

/** Discord as the tools of mcp/discord see it: through the ingress' own session, pace and guards. */
export function createDiscordDoor(
  discord: Pick<Discord, 'client' | 'api' | 'bot'>,
  readsContent: boolean,
): DiscordDoor {
  return {
    client: discord.client,
    readsContent,
    messages: (channel, query) => discord.api.messages(channel, query),
    textOf: shownText,
    plainName,
    post: (message) => post(discord, message),
  };
}

/** What a message shows, in the words in which questions and their context show it; mentions of people by name. */
function shownText(message: APIMessage): string {
  const notice = noticeText(message);
  if (notice !== undefined) return notice;
  const shown = readShown({
    ...message,
    components: message.components?.filter(({ type }) => type !== ComponentType.ActionRow),
  });
  const text = withNames(inert(shown.text), message);
  return [text, ...beside(shown), ...fileNames(filesOf(shown))].filter((part) => part !== '').join('\n');
}

function withNames(text: string, { mentions }: APIMessage): string {
  const names = new Map(mentions.map(({ id, global_name: shown, username }) => [id, plainName(shown ?? username)]));
  return text.replaceAll(/<@!?(\d+)>/g, (as, id: string) => (names.has(id) ? `@${names.get(id)}` : as));
}

/** Milliseconds after which Discord is not tried again. */
const patienceMs = 8_000;

/** Every try of one key has the same nonce, so that Discord keeps one message. A later try first looks for it. */
async function post({ api, bot }: Pick<Discord, 'api' | 'bot'>, message: DiscordPost): Promise<{ id: string }> {
  const { channel, content, key = randomUUID(), repeated, signal } = message;
  const find = async () => {
    const latest = await api.messages(channel, { limit: 100 });
    return latest.find((each) => each.author.id === bot() && each.content === content);
  };
  try {
    return await sendOnce(
      api,
      {
        channel,
        body: { content, flags: flags.suppressEmbeds },
        nonce: nonceOf(key, 'post'),
        triedBefore: repeated,
        find,
        check: async () => signal.throwIfAborted(),
      },
      AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    );
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    throw new OutcomeUnknown(
      'Discord did not say whether it has posted the message. Look with discord_read_messages before posting it again.',
    );
  }
}
