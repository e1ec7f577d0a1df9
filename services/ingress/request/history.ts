import type { APIMessage } from 'discord.js';
import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { ContextMessage } from '#shared/run/request.ts';
import type { IngressConfig } from '../config.ts';
import type { DiscordApi } from '../discord/api.ts';
import type { IncomingMessage } from '../discord/incoming.ts';
import { newer } from '../discord/snowflakes.ts';
import { isTableNote } from '../text/tables/show.ts';
import { plainName, questionText } from './names.ts';

const log = createLogger('context');

export interface HistoryContext {
  config: IngressConfig;
  api: DiscordApi;
  /** The bot's own user id. */
  bot(): string;
}

/**
 * The conversation before a question as Discord has it: in a thread its latest messages, for a reply the chain of
 * replies. Undefined where the stored conversation counts (a plain mention, a direct message). What is older than
 * `since` belongs to an earlier talk, which only a person's reply leads back to.
 */
export async function readContext(
  message: IncomingMessage,
  ingress: HistoryContext,
  since?: string,
): Promise<ContextMessage[] | undefined> {
  if (ingress.config.DISCORD_CONTEXT_MESSAGES === 0) return undefined;
  try {
    if (message.kind === 'thread') return contextOf(await threadBefore(message, ingress, since), ingress.bot());
    if (!message.replyTo) return undefined;
    return contextOf(await replyChain(message.channel, message.replyTo.message, ingress), ingress.bot());
  } catch (error) {
    // The question can be answered without them; the referenced message may be gone, or the history not readable.
    log.info({ message: message.id, error: errorText(error) }, 'earlier messages could not be read');
    return undefined;
  }
}

/**
 * The latest messages of the thread, oldest first. For a reply into an earlier talk, the messages that it leads back to
 * come before them.
 */
async function threadBefore(message: IncomingMessage, ingress: HistoryContext, since?: string): Promise<APIMessage[]> {
  const limit = Math.min(100, ingress.config.DISCORD_CONTEXT_MESSAGES);
  const latest = (await ingress.api.messages(message.channel, { before: message.id, limit })).toReversed();
  if (since === undefined) return latest;
  const current = ofTalk(latest, since, ingress.bot());
  const replied = message.replyTo?.message;
  if (replied === undefined || current.some(({ id }) => id === replied)) return current;
  const chain = (await replyChain(message.channel, replied, ingress)).slice(-Math.ceil(limit / 2));
  const rest = current.filter(({ id }) => !chain.some((other) => other.id === id));
  return [...chain, ...rest.slice(Math.max(0, rest.length + chain.length - limit))];
}

/**
 * The messages (oldest first) that belong to the talk which began with `since`. An answer belongs to its question's
 * talk, whenever it comes.
 */
export function ofTalk(messages: APIMessage[], since: string, bot: string): APIMessage[] {
  const earlier = new Set<string>();
  const isEarlier = (id: string | undefined) => id !== undefined && (!newer(id, since) || earlier.has(id));
  for (const message of messages) {
    const answers = message.author.id === bot ? [message.message_reference?.message_id, ...questionsOf(message)] : [];
    if ([message.id, ...answers].some(isEarlier)) earlier.add(message.id);
  }
  return messages.filter(({ id }) => !earlier.has(id));
}

/** The question that an answer's buttons name: an answer that came too late for its command replies to nothing. */
function questionsOf(message: APIMessage): string[] {
  return buttonsOf(message).flatMap((id) => /:discord-(\d+)/.exec(id)?.[1] ?? []);
}

/** The messages that the reply leads back to, oldest first. A part of an answer leads to the part before it. */
async function replyChain(channel: string, from: string, ingress: HistoryContext): Promise<APIMessage[]> {
  const chain: APIMessage[] = [];
  let next: string | undefined = from;
  let known: APIMessage | undefined;
  while (next !== undefined && chain.length < ingress.config.DISCORD_CONTEXT_MESSAGES) {
    const message: APIMessage | undefined =
      known?.id === next ? known : await ingress.api.message(channel, next).catch(() => undefined);
    if (!message || chain.some(({ id }) => id === message.id)) break;
    chain.push(message);
    known = message.referenced_message ?? undefined;
    next = message.message_reference?.message_id;
  }
  return chain.toReversed();
}

/** Messages as the model gets them: the bot's as its own, all others with their author's name. */
export function contextOf(messages: APIMessage[], bot: string): ContextMessage[] {
  const context: ContextMessage[] = [];
  for (const message of messages) {
    const own = message.author.id === bot;
    const content = own ? answerText(message) : personText(message, bot);
    if (content === '') continue;
    const before = context.at(-1);
    // Parts of one answer belong together.
    if (own && before?.role === 'assistant') before.content += `\n\n${content}`;
    else if (own) context.push({ role: 'assistant', content });
    else context.push({ role: 'user', name: authorName(message), content });
  }
  return context;
}

function personText(message: APIMessage, bot: string): string {
  const files = message.attachments.map(({ filename }) => `[attached: ${plainName(filename)}]`);
  return [questionText(message.content, bot), ...files].filter((text) => text !== '').join('\n');
}

/** An answer without what stands below it: footers, progress, cards. A note that a table was cut stays. */
function answerText(message: APIMessage): string {
  if (buttonsOf(message).some((id) => id.startsWith('decide:'))) return '';
  const text = message.content || message.embeds[0]?.description || '';
  const lines = text.split('\n').filter((line) => !line.startsWith('-# ') || isTableNote(line));
  return lines
    .join('\n')
    .replace(/\s*⚪$/, '')
    .trim();
}

function buttonsOf(message: APIMessage): string[] {
  const rows = (message.components ?? []) as { components?: { custom_id?: string }[] }[];
  return rows.flatMap((row) => row.components ?? []).map((component) => component.custom_id ?? '');
}

function authorName(message: APIMessage): string {
  return plainName(message.author.global_name ?? message.author.username);
}
