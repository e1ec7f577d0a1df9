import type { ContextMessage, RunRequestInput } from '#shared/run/request.ts';
import { discordRunId } from '#shared/run/request.ts';
import type { IncomingMessage } from '../discord/incoming.ts';
import type { Burst } from '../triggers/bursts.ts';
import type { IncomingAttachment } from '../discord/incoming.ts';
import type { IngressConfig } from '../config.ts';
import type { Reads } from '../discord/reads.ts';
import { attachmentLimits, readAttachments, type ReadAttachments } from './attachments.ts';
import { readContext, type HistoryContext } from './history.ts';
import { plainName, questionText } from './names.ts';

export interface RequestContext extends HistoryContext {
  reads: Reads;
}

export interface BuiltRequest {
  request: RunRequestInput;
  /** What was left out, for the person. */
  warnings: string[];
}

/** The longest text of a request that the journal accepts, with room for what is said about files. */
const maxText = 190_000;

/**
 * Makes a question from one or several messages of a person. Undefined when there is nothing in it to answer. `since`
 * is where the conversation's talk began.
 */
export async function buildRequest(
  burst: Burst,
  ingress: RequestContext,
  since?: string,
): Promise<BuiltRequest | undefined> {
  const [first] = burst.messages;
  const role = ingress.reads.botRole(first.guild);
  const written = burst.messages.map(({ content }) => questionText(content, ingress.bot(), role));
  const attached = burst.messages.flatMap(({ attachments }) => attachments);
  const [context, question] = await Promise.all([
    readContext(first, ingress, since),
    readQuestion(written, attached, ingress.config),
  ]);
  const text = question.text || aboutReplied(context);
  if (text === '' && question.images.length === 0) return undefined;
  return {
    request: {
      id: discordRunId(first.id),
      caller: callerOf(first),
      conversation: conversationOf(first),
      text,
      images: question.images,
      ...(context && context.length > 0 && { context }),
      discord: {
        ...(first.guild && { guild: first.guild }),
        channel: first.channel,
        message: (burst.messages.at(-1) ?? first).id,
        messages: burst.messages.map(({ id }) => id),
      },
    },
    warnings: question.warnings,
  };
}

/** Joins texts and files into one question, which tells the model what was left out; `warnings` tell the person. */
export async function readQuestion(
  written: string[],
  attached: IncomingAttachment[],
  config: IngressConfig,
): Promise<{ text: string; images: ReadAttachments['images']; warnings: string[] }> {
  const files = await readAttachments(attached, attachmentLimits(config));
  const forModel =
    files.leftOut.length === 0 ? [] : [`[Attached but not readable for you: ${files.leftOut.join('; ')}]`];
  const texts = [...written, ...files.texts, ...forModel].filter((text) => text !== '');
  return {
    text: texts.join('\n\n').slice(0, maxText).toWellFormed(),
    images: files.images,
    warnings: files.leftOut.map((what) => `Left out: ${what}`),
  };
}

/** A bare mention that is a reply asks about the message that it replies to. */
function aboutReplied(context: ContextMessage[] | undefined): string {
  return context?.length ? '(about the message above)' : '';
}

/** The caller. The roles are those that the member has now; in direct messages there are none. */
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
 * The conversation that a message belongs to. A thread and a direct-message channel are one conversation each; in a
 * channel each person has their own, so that people do not wait for, or read, each other.
 */
export function conversationOf(message: Pick<IncomingMessage, 'kind' | 'channel' | 'author'>): string {
  return message.kind === 'channel' ? `discord:${message.channel}:${message.author.id}` : `discord:${message.channel}`;
}
