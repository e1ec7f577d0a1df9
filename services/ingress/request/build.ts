import type { RunRequestInput } from '#shared/run/request.ts';
import { discordRunId } from '#shared/run/request.ts';
import type { IncomingMessage, Place } from '../discord/incoming.ts';
import { speak, type Words } from '../language/say.ts';
import type { Burst } from '../triggers/bursts.ts';
import type { Reads } from '../discord/reads.ts';
import type { IncomingAttachment, Shown } from '../discord/shown.ts';
import { attachmentLimits, readAttachments, type AttachmentLimits, type ReadAttachments } from './attachments.ts';
import type { Earlier, EarlierFile, HistoryContext } from './history.ts';
import { isPicture } from './kinds.ts';
import { plainName, questionText } from './names.ts';
import type { FileReaders } from './readers.ts';
import { beside, filesOf } from './shown-text.ts';

export interface RequestContext extends HistoryContext {
  reads: Reads;
  readers: FileReaders;
}

export interface BuiltRequest {
  request: RunRequestInput;
  /** What was left out, for the person. */
  warnings: Words[];
}

/** The longest text of a request that the journal accepts, with room for what is said about files. */
const maxText = 190_000;

/**
 * Makes a question from one or several messages of a person and what came before them. Undefined when there is nothing
 * in it to answer.
 */
export async function buildRequest(
  { messages }: Burst,
  ingress: RequestContext,
  earlier?: Earlier,
): Promise<BuiltRequest | undefined> {
  const [first] = messages;
  const shown = messages.map((message) => message.shown);
  const { text, images, tables, warnings } = await readQuestion(shown, ingress, { guild: first.guild, earlier });
  if (text === '' && images.length === 0) return undefined;
  return {
    request: {
      id: discordRunId(first.id),
      caller: callerOf(first),
      conversation: conversationOf(first),
      text,
      images,
      ...(tables.length > 0 && { tables }),
      ...(earlier && earlier.messages.length > 0 && { context: earlier.messages }),
      discord: {
        ...(first.guild && { guild: first.guild }),
        channel: first.channel,
        message: (messages.at(-1) ?? first).id,
        messages: messages.map(({ id }) => id),
      },
    },
    warnings,
  };
}

/**
 * Joins what messages show into one question, which tells the model what is what and what was left out; `warnings` tell
 * the person. Files of `earlier` messages come after the question's own. Without anything of its own, a question that
 * follows earlier messages is about them.
 */
export async function readQuestion(
  shown: Shown[],
  ingress: RequestContext,
  { guild, earlier }: { guild?: string | undefined; earlier?: Earlier | undefined } = {},
): Promise<Pick<ReadAttachments, 'images' | 'tables'> & { text: string; warnings: Words[] }> {
  const role = ingress.reads.botRole(guild);
  const limits = attachmentLimits(ingress.config);
  const { readers } = ingress;
  const own = await readAttachments(filesOfAll(shown), { limits, readers });
  const written = shown.flatMap((each) => [questionText(each.text, ingress.bot(), role), ...beside(each)]);
  const texts = [...written, ...own.texts, ...leftOutText(own)].filter((text) => text !== '');
  if (texts.length === 0 && own.images.length === 0) {
    if (!earlier?.messages.length) return { text: '', images: [], tables: [], warnings: own.leftOut.map(warningOf) };
    texts.push('(about the message above)');
  }
  const older = await readEarlierFiles(earlier?.files ?? [], { limits, readers }, own);
  return {
    text: [...texts, ...older.texts].join('\n\n').slice(0, maxText).toWellFormed(),
    images: [...own.images, ...older.images],
    tables: [...own.tables, ...older.tables],
    warnings: own.leftOut.map(warningOf),
  };
}

function warningOf(what: Words): Words {
  return (say) => say('files.left-out', { what: what(say) });
}

function filesOfAll(shown: Shown[]): IncomingAttachment[] {
  return shown.flatMap((each) => filesOf(each));
}

/** The files that a question and what came before it are read from, as far as is known before reading them. */
export function filesToRead(messages: Pick<IncomingMessage, 'shown'>[], earlier?: Earlier): IncomingAttachment[] {
  return [...filesOfAll(messages.map(({ shown }) => shown)), ...(earlier?.files ?? []).map(({ file }) => file)];
}

/** Reads files of earlier messages, as far as the question's own leave room, and says which pictures are whose. */
async function readEarlierFiles(
  files: EarlierFile[],
  { limits, readers }: { limits: AttachmentLimits; readers: FileReaders },
  own: ReadAttachments,
): Promise<Pick<ReadAttachments, 'texts' | 'images' | 'tables'>> {
  const room = limits.maxImages - own.images.length;
  const pictures = files.filter(({ file }) => isPicture(file));
  const chosen = files.filter((each) => !isPicture(each.file) || pictures.indexOf(each) < room);
  const read = await readAttachments(
    chosen.map(({ file }) => file),
    {
      limits,
      readers,
      whose: (index) => ` (of ${chosen[index]?.of ?? 'somebody'}, earlier)`,
      tables: own.tables,
    },
  );
  const names = [...own.imageNames, ...read.imageNames].join('; ');
  const which = read.images.length === 0 ? [] : [`[Pictures that come with this message, in order: ${names}]`];
  const more = files.length - chosen.length;
  const unread = more === 0 ? [] : [`[Earlier pictures that you are not given: ${more}]`];
  const texts = [...read.texts, ...which, ...leftOutText(read), ...unread];
  return { texts, images: read.images, tables: read.tables };
}

function leftOutText({ leftOut }: ReadAttachments): string[] {
  return leftOut.length === 0
    ? []
    : [`[Attached but not readable for you: ${leftOut.map((words) => words(speak('en'))).join('; ')}]`];
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
 * channel, or in a group that uses the bot by commands, each person has their own, so that people do not wait for, or
 * read, each other.
 */
export function conversationOf(message: Pick<IncomingMessage, 'channel' | 'author'> & { kind: Place }): string {
  const shared = message.kind === 'thread' || message.kind === 'dm';
  return shared ? `discord:${message.channel}` : `discord:${message.channel}:${message.author.id}`;
}
