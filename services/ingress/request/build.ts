import type { ContextMessage, RunRequestInput } from '#shared/run.ts';
import { discordRunId } from '#shared/run.ts';
import type { IncomingMessage } from '../messages/incoming.ts';
import type { Burst } from '../triggers/bursts.ts';
import { readAttachments, type AttachmentLimits } from './attachments.ts';
import { readContext, type HistoryInput } from './history.ts';
import { plainName, questionText } from './names.ts';

export interface BuildInput extends HistoryInput {
  attachments: AttachmentLimits;
  /** The role that Discord made for the bot in a server. */
  botRole(guild: string | undefined): string | undefined;
}

export interface BuiltRequest {
  request: RunRequestInput;
  /** What the person should know was left out. */
  warnings: string[];
}

/** Longest text of a request that the journal takes, with room for what is said of files. */
const maxText = 190_000;

/** A question made of one or several messages of a person. Undefined when there is nothing in it to answer. */
export async function buildRequest(burst: Burst, input: BuildInput): Promise<BuiltRequest | undefined> {
  const [first] = burst.messages;
  const role = input.botRole(first.guild);
  const written = burst.messages
    .map(({ content }) => questionText(content, input.bot, role))
    .filter((text) => text !== '');
  const attached = burst.messages.flatMap(({ attachments }) => attachments);
  const context = await readContext(first, input);
  if (written.length === 0 && attached.length === 0 && !context?.length) return undefined;
  const files = await readAttachments(attached, input.attachments);
  const text = [...written, ...files.texts, ...leftOutForModel(files.leftOut)].join('\n\n');
  const warnings = files.leftOut.map((what) => `Left out: ${what}`);
  return {
    request: {
      id: discordRunId(first.id),
      caller: callerOf(first),
      conversation: conversationOf(first),
      text: (text || aboutReplied(context)).slice(0, maxText).toWellFormed(),
      images: files.images,
      ...(context && context.length > 0 && { context }),
      discord: {
        ...(first.guild && { guild: first.guild }),
        channel: first.channel,
        message: (burst.messages.at(-1) ?? first).id,
        messages: burst.messages.map(({ id }) => id),
      },
    },
    warnings,
  };
}

function leftOutForModel(leftOut: string[]): string[] {
  return leftOut.length === 0 ? [] : [`[Attached but not readable for you: ${leftOut.join('; ')}]`];
}

/** A bare mention as a reply asks about what it replies to. */
function aboutReplied(context: ContextMessage[] | undefined): string {
  return context?.length ? '(about the message above)' : '';
}

/** Who asks. Roles are those of the member at this moment; in direct messages there are none. */
export function callerOf(
  message: Pick<IncomingMessage, 'author' | 'roles' | 'guild' | 'channel'>,
): RunRequestInput['caller'] {
  return {
    kind: 'discord',
    id: message.author.id,
    name: plainName(message.author.name),
    discordRoles: message.guild === undefined ? [] : message.roles.flatMap(({ id, name }) => [id, name]),
    ...(message.guild && { guild: message.guild }),
    channel: message.channel,
  };
}

/**
 * Whose questions belong together: a thread and a direct-message channel are one conversation; in a channel each
 * person has their own, so that people do not wait for, or read, each other.
 */
export function conversationOf(message: Pick<IncomingMessage, 'kind' | 'channel' | 'author'>): string {
  return message.kind === 'channel' ? `discord:${message.channel}:${message.author.id}` : `discord:${message.channel}`;
}
