import type { APIAttachment, APIEmbed, Attachment, Message, MessageSnapshot } from 'discord.js';

export interface IncomingAttachment {
  id: string;
  name: string;
  /** In bytes, by Discord's word. */
  size: number;
  contentType: string;
  url: string;
  /** The address at Discord's proxy, which can shrink images. */
  proxyUrl: string;
  width?: number;
  height?: number;
  voice: boolean;
}

export interface ShownPoll {
  question: string;
  answers: { text: string; votes?: number }[];
  closed: boolean;
}

/** What people see of a message, apart from who wrote it. */
export interface Shown {
  text: string;
  attachments: IncomingAttachment[];
  embeds: APIEmbed[];
  /** Discord's components as they came: rows of buttons, or the containers and texts of newer messages. */
  components: object[];
  /** Names of stickers. */
  stickers: string[];
  poll?: ShownPoll;
  /** Copies of messages that it forwards. Discord leaves out who wrote them. */
  forwarded: Shown[];
}

/** A message of words and files only. */
export function plainShown(text: string, attachments: IncomingAttachment[] = []): Shown {
  return { text, attachments, embeds: [], components: [], stickers: [], forwarded: [] };
}

/** A field of Discord's JSON that may be absent, null, or of a later form. */
type Loose = { readonly [field: string]: unknown };

/** Reads what a message of Discord's JSON shows: a message, or the copy that a forward holds. Never throws. */
export function readShown(message: object): Shown {
  const raw = message as Loose;
  const poll = objectIn(raw, 'poll');
  return {
    text: textIn(raw, 'content'),
    attachments: listIn(raw, 'attachments').map((each) => readAttachment(each as unknown as APIAttachment)),
    embeds: listIn(raw, 'embeds'),
    components: listIn(raw, 'components'),
    stickers: [...listIn(raw, 'sticker_items'), ...listIn(raw, 'stickers')].map((each) => textIn(each, 'name')),
    ...(poll && { poll: readPoll(poll) }),
    forwarded: listIn(raw, 'message_snapshots').map((each) => readShown(objectIn(each, 'message') ?? {})),
  };
}

/** Does the same for a message of the library, whose classes hide Discord's JSON. */
export function shownOf(message: Message | MessageSnapshot): Shown {
  const { poll } = message;
  return {
    ...readShown({
      content: message.content,
      embeds: message.embeds.map((each) => each.data),
      components: message.components.map((each) => each.toJSON()),
      sticker_items: [...message.stickers.values()].map(({ name }) => ({ name })),
    }),
    attachments: [...message.attachments.values()].map((each) => attachmentOf(each)),
    ...(poll && {
      poll: {
        question: poll.question.text ?? '',
        answers: [...poll.answers.values()].map(({ text, emoji, voteCount }) => ({
          text: text ?? emoji?.name ?? '',
          votes: voteCount,
        })),
        closed: poll.resultsFinalized,
      },
    }),
    forwarded: [...(message.messageSnapshots?.values() ?? [])].map((each) => shownOf(each)),
  };
}

export function attachmentOf(attachment: Attachment): IncomingAttachment {
  return {
    id: attachment.id,
    name: attachment.name ?? '',
    size: attachment.size,
    contentType: attachment.contentType ?? '',
    url: attachment.url,
    proxyUrl: attachment.proxyURL,
    ...(attachment.width !== null && { width: attachment.width }),
    ...(attachment.height !== null && { height: attachment.height }),
    voice: attachment.duration !== null,
  };
}

function readAttachment(raw: APIAttachment): IncomingAttachment {
  return {
    id: raw.id,
    name: raw.filename ?? '',
    size: raw.size ?? 0,
    contentType: raw.content_type ?? '',
    url: raw.url ?? '',
    proxyUrl: raw.proxy_url ?? '',
    ...(raw.width != null && { width: raw.width }),
    ...(raw.height != null && { height: raw.height }),
    voice: raw.duration_secs != null,
  };
}

function readPoll(raw: Loose): ShownPoll {
  const results = objectIn(raw, 'results');
  const counts = new Map(listIn(results ?? {}, 'answer_counts').map((each) => [each['id'], Number(each['count'])]));
  const answers = listIn(raw, 'answers').map((answer) => {
    const media = objectIn(answer, 'poll_media') ?? {};
    const votes = counts.get(answer['answer_id']);
    const text = textIn(media, 'text') || textIn(objectIn(media, 'emoji') ?? {}, 'name');
    return { text, ...(votes !== undefined && { votes }) };
  });
  return {
    question: textIn(objectIn(raw, 'question') ?? {}, 'text'),
    answers,
    closed: results?.['is_finalized'] === true,
  };
}

function textIn(raw: Loose, field: string): string {
  const value = raw[field];
  return typeof value === 'string' ? value : '';
}

function objectIn(raw: Loose, field: string): Loose | undefined {
  const value = raw[field];
  return isObject(value) ? value : undefined;
}

function listIn<T extends object = Loose>(raw: Loose, field: string): T[] {
  const value = raw[field];
  return Array.isArray(value) ? (value.filter((each) => isObject(each)) as unknown as T[]) : [];
}

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
