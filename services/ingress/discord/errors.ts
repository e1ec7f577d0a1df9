import { DiscordAPIError, HTTPError } from 'discord.js';
import { refusalOfStatus, refusals, type Next, type Refusal } from './refusals.ts';

/** A request that was not sent, because nobody wanted it any more when its turn came. */
export class DroppedError extends Error {}

/** What a failed request to Discord means for the caller. */
export type Failure =
  /** Trying again can help: 5xx, time-out, connection lost. Discord may have carried the request out all the same. */
  | 'unsure'
  /** It was never sent, because we dropped it. */
  | 'dropped'
  /** We may not write there. */
  | 'forbidden'
  /** The message, channel or interaction is gone. */
  | 'gone'
  /** Discord refuses what it is sent. */
  | 'invalid'
  /** Anything else; it may pass. */
  | 'refused';

/** Sorts the errors that @discordjs/rest throws. */
export function failureOf(error: unknown): Failure {
  if (error instanceof DroppedError) return 'dropped';
  const status = statusOf(error);
  // This is the AbortError of a time-out, or a socket error of undici: nobody knows whether the request arrived.
  if (status === undefined || status >= 500) return 'unsure';
  if (status === 404) return 'gone';
  const { next } = refusalOf(error);
  return failures[next] ?? (status === 403 ? 'forbidden' : 'invalid');
}

const failures: Partial<Record<Next, Failure>> = {
  again: 'refused',
  leave: 'gone',
  channel: 'gone',
  elsewhere: 'forbidden',
  nowhere: 'forbidden',
};

/** What Discord's refusal means and what to try next. For an outcome that is not known, that is the same again. */
export function refusalOf(error: unknown): Refusal {
  const status = statusOf(error) ?? 500;
  if (status >= 500) return refusalOfStatus(status);
  // The network before Discord answers with a page instead of a code when it blocks an address.
  if (isPage(error)) return refusals[codes.blocked] ?? refusalOfStatus(status);
  const code = codeOf(error);
  if (code === codes.invalidForm) return refusalOfForm(error);
  return (code === undefined ? undefined : refusals[code]) ?? refusalOfStatus(status);
}

const codes = { blocked: 40_333, invalidForm: 50_035, noFile: 40_005, noReply: 160_002 };

/** Of a form Discord tells which field is wrong. */
function refusalOfForm(error: unknown): Refusal {
  const fields = Object.keys((error as { rawError?: { errors?: object } }).rawError?.errors ?? {});
  const code = fields.includes('message_reference')
    ? codes.noReply
    : fields.some((field) => ['attachments', 'files'].includes(field))
      ? codes.noFile
      : codes.invalidForm;
  return refusals[code] ?? refusalOfStatus(400);
}

/** Discord's code of a refusal; undefined when there is none. */
export function codeOf(error: unknown): number | undefined {
  return error instanceof DiscordAPIError && typeof error.code === 'number' ? error.code : undefined;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof DiscordAPIError || error instanceof HTTPError ? error.status : undefined;
}

function isPage(error: unknown): boolean {
  if (!(error instanceof DiscordAPIError) || error.status === 404) return false;
  return typeof error.code !== 'number';
}
