import { MessageType, type APIMessage } from 'discord.js';
import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { ContextMessage } from '#shared/run/request.ts';
import type { IngressConfig } from '../config.ts';
import type { DiscordApi } from '../discord/api.ts';
import type { IncomingMessage } from '../discord/incoming.ts';
import { readShown, type IncomingAttachment } from '../discord/shown.ts';
import { newer } from '../discord/snowflakes.ts';
import { withoutQuote } from '../text/quote.ts';
import { isCodeNote } from '../text/long-code.ts';
import { isTableNote } from '../text/tables/show.ts';
import { isPicture } from './kinds.ts';
import { plainName, questionText } from './names.ts';
import { noticeText } from './notices.ts';
import { beside, fileNames, filesOf } from './shown-text.ts';

const log = createLogger('context');

export interface HistoryContext {
  config: IngressConfig;
  api: DiscordApi;
  /** The bot's own user id. */
  bot(): string;
}

/** A file of an earlier message. */
export interface EarlierFile {
  file: IncomingAttachment;
  /** The name of the person, or bot, who sent it. */
  of: string;
}

/** What came before a question. */
export interface Earlier {
  messages: ContextMessage[];
  /** Files to read: those of the message that is replied to, and pictures of the others, the newest first. */
  files: EarlierFile[];
}

/**
 * The conversation before a question as Discord has it: in a thread its latest messages, for a reply the chain of
 * replies. Undefined where the stored conversation counts (a plain mention, a direct message). What is older than
 * `since` belongs to an earlier talk, and `undone` messages were taken out of it: only a person's reply leads back to
 * both.
 */
export async function readEarlier(
  message: IncomingMessage,
  ingress: HistoryContext,
  since?: string,
  undone: ReadonlySet<string> = new Set(),
): Promise<Earlier | undefined> {
  if (ingress.config.DISCORD_CONTEXT_MESSAGES === 0) return undefined;
  const replied = message.replyTo?.message;
  try {
    if (message.kind !== 'thread' && replied === undefined) return undefined;
    const messages =
      message.kind === 'thread'
        ? await threadBefore(message, ingress, { since, undone })
        : await replyChain(message.channel, replied ?? '', ingress);
    return { messages: contextOf(messages, ingress.bot()), files: earlierFiles(messages, replied, ingress.bot()) };
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
async function threadBefore(
  message: IncomingMessage,
  ingress: HistoryContext,
  { since, undone }: { since: string | undefined; undone: ReadonlySet<string> },
): Promise<APIMessage[]> {
  const limit = Math.min(100, ingress.config.DISCORD_CONTEXT_MESSAGES);
  const latest = (await ingress.api.messages(message.channel, { before: message.id, limit })).toReversed();
  const standing = latest.filter(({ id }) => !undone.has(id));
  if (since === undefined && standing.length === latest.length) return latest;
  const current = since === undefined ? standing : ofTalk(standing, since, ingress.bot());
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
    next = leadsTo(message);
  }
  return chain.toReversed();
}

/** The message that this one replies to, or that its command was used on. Forwards and pins reply to nothing. */
function leadsTo({ type, message_reference: reference }: APIMessage): string | undefined {
  const replies = type === MessageType.Reply || type === MessageType.ContextMenuCommand;
  return replies ? reference?.message_id : undefined;
}

/** Messages as the model gets them: the bot's as its own, all others with their author's name. */
export function contextOf(messages: APIMessage[], bot: string): ContextMessage[] {
  const context: ContextMessage[] = [];
  for (const each of messages) {
    const message = begunFrom(each);
    const notice = noticeText(message);
    const own = message.author.id === bot && notice === undefined;
    const content = own ? answerText(message) : othersText(message, notice, bot);
    if (content === '') continue;
    const before = context.at(-1);
    // Parts of one answer belong together.
    if (own && before?.role === 'assistant') before.content += `\n\n${content}`;
    else if (own) context.push({ role: 'assistant', content });
    else context.push({ role: 'user', name: notice === undefined ? authorName(message) : 'Discord', content });
  }
  return context;
}

/** The first message of a thread that began from a message shows that one in its place. */
function begunFrom(message: APIMessage): APIMessage {
  return (message.type === MessageType.ThreadStarterMessage && message.referenced_message) || message;
}

/** Of a message that is `replied` to all files, of the others pictures that people sent; the newest first. */
function earlierFiles(messages: APIMessage[], replied: string | undefined, bot: string): EarlierFile[] {
  return messages.toReversed().flatMap((each) => {
    const message = begunFrom(each);
    const files = filesOf(readShown(message)).map((file) => ({ file, of: authorName(message) }));
    if (message.id === replied) return files;
    return message.author.id === bot ? [] : files.filter(({ file }) => isPicture(file));
  });
}

function othersText(message: APIMessage, notice: string | undefined, bot: string): string {
  const shown = readShown(message);
  const said = notice ?? questionText(shown.text, bot);
  return [said, ...beside(shown), ...fileNames(shown.attachments)].filter((text) => text !== '').join('\n');
}

/** An answer without what stands below it: footers, progress, cards. A note that a table was cut stays. */
function answerText(message: APIMessage): string {
  if (buttonsOf(message).some((id) => id.startsWith('decide:'))) return '';
  const text = withoutQuote(message.content || message.embeds[0]?.description || '');
  const lines = text.split('\n').filter((line) => !line.startsWith('-# ') || isTableNote(line) || isCodeNote(line));
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
