import { textOf } from '../json/text.ts';
import type { AllowedMentions } from '../state/mentions.ts';
import { MessageFlag } from '../state/messages.ts';
import type { Json } from '../state/types.ts';
import type { Upload } from './body.ts';
import { invalidForm, refuse, tooLong } from './errors.ts';
import { checkComponents } from './validate-components.ts';
import { checkEmbeds } from './validate-embeds.ts';
import { checkPoll } from './validate-poll.ts';

const MAX_CONTENT = 2000;
const MAX_FILES = 10;
const MAX_NONCE = 25;
/** Flags that a bot may set: suppressed embeds, ephemeral (interactions only), silent, voice, components v2. */
const SETTABLE_FLAGS =
  MessageFlag.SUPPRESS_EMBEDS | MessageFlag.EPHEMERAL | MessageFlag.SILENT | (1 << 13) | MessageFlag.COMPONENTS_V2;

/** A checked message body. What the request did not name is absent. */
export interface CheckedMessage {
  content?: string;
  embeds?: Json[];
  components?: Json[];
  allowedMentions?: AllowedMentions;
  flags: number;
  tts: boolean;
  nonce?: string | number;
  enforceNonce: boolean;
  stickers?: string[];
  poll?: Json;
}

/**
 * Checks what new and edited messages have in common, and refuses as Discord does. `knownFlags` are those it has
 * already.
 */
export function checkMessage(body: Json, uploads: Upload[], knownFlags = 0): CheckedMessage {
  const content = checkContent(body['content']);
  const flags = checkFlags(body['flags']);
  const v2 = ((flags | knownFlags) & MessageFlag.COMPONENTS_V2) !== 0;
  const embeds = 'embeds' in body ? checkEmbeds(body['embeds']) : undefined;
  const components = 'components' in body ? checkComponents(body['components'], v2) : undefined;
  if (v2 && ((content ?? '') !== '' || (embeds?.length ?? 0) > 0)) {
    const message = 'The `content` and `embeds` fields cannot be used when using MessageFlags.IS_COMPONENTS_V2';
    throw invalidForm('content', 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', message);
  }
  if (uploads.length > MAX_FILES) throw tooLong('files', MAX_FILES);
  const allowedMentions = checkAllowedMentions(body['allowed_mentions']);
  const nonce = checkNonce(body['nonce']);
  return {
    flags,
    tts: body['tts'] === true,
    enforceNonce: body['enforce_nonce'] === true,
    ...(content !== undefined && { content }),
    ...(embeds && { embeds }),
    ...(components && { components }),
    ...(allowedMentions && { allowedMentions }),
    ...(nonce !== undefined && { nonce }),
    ...(Array.isArray(body['sticker_ids']) && { stickers: body['sticker_ids'] as string[] }),
    ...(body['poll'] ? { poll: checkPoll(body['poll'] as Json) } : {}),
  };
}

/** Refuses a new message that would show nothing. */
export function requireSomething(message: CheckedMessage, uploads: Upload[]): void {
  const empty =
    (message.content ?? '').trim() === '' &&
    (message.embeds?.length ?? 0) === 0 &&
    (message.components?.length ?? 0) === 0 &&
    (message.stickers?.length ?? 0) === 0 &&
    !message.poll &&
    uploads.length === 0;
  if (empty) throw refuse('emptyMessage');
}

function checkContent(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return '';
  if (typeof value !== 'string') throw invalidForm('content', 'STRING_TYPE_CONVERT', 'Could not interpret as string.');
  // Discord counts UTF-16 units, as JavaScript does, and not characters.
  if (value.length > MAX_CONTENT) throw tooLong('content', MAX_CONTENT);
  return value;
}

function checkFlags(value: unknown): number {
  if (value === undefined || value === null) return 0;
  const flags = Number(value);
  if (!Number.isInteger(flags))
    throw invalidForm('flags', 'NUMBER_TYPE_COERCE', `Value "${textOf(value)}" is not int.`);
  return flags & SETTABLE_FLAGS;
}

function checkNonce(value: unknown): string | number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw invalidForm('nonce', 'NONCE_TYPE', 'Value must be a string or an integer.');
  }
  if (String(value).length > MAX_NONCE) throw tooLong('nonce', MAX_NONCE);
  return value;
}

function checkAllowedMentions(value: unknown): AllowedMentions | undefined {
  if (value === undefined || value === null) return undefined;
  const allowed = value as AllowedMentions;
  const kinds = ['everyone', 'users', 'roles'];
  for (const [i, kind] of (allowed.parse ?? []).entries()) {
    if (kinds.includes(kind)) continue;
    const message = "Value must be one of ('everyone', 'users', 'roles').";
    throw invalidForm(`allowed_mentions.parse.${i}`, 'BASE_TYPE_CHOICES', message);
  }
  for (const kind of ['users', 'roles'] as const) {
    const ids = allowed[kind] ?? [];
    if (ids.length > 100) throw tooLong(`allowed_mentions.${kind}`, 100);
    if (ids.length > 0 && allowed.parse?.includes(kind) === true) {
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
      throw invalidForm('allowed_mentions', 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message);
    }
  }
  return allowed;
}
