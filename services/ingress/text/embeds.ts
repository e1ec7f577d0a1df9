import type { APIEmbed, APIEmbedField } from 'discord.js';
import { wholeCharacters } from './graphemes.ts';
import { makeSafe, type SafetyRules } from './safety.ts';
import { splitMessage } from './split.ts';

/** Discord's limits, in characters; the sum counts all texts of all embeds of a message. */
const LIMITS = {
  embeds: 10,
  title: 256,
  description: 4096,
  fields: 25,
  name: 256,
  value: 1024,
  footer: 2048,
  author: 256,
  sum: 6000,
  label: 80,
};

const HIGHEST_COLOUR = 0xffffff;

export interface EmbedRules extends Omit<SafetyRules, 'done'> {
  /** Hosts that pictures and title links may lead to. Discord fetches them, so an address could carry data out. */
  hosts?: readonly string[];
  /** Names of the files that are sent along, for `attachment://name`. */
  attachments?: readonly string[];
}

/**
 * Makes embeds that Discord accepts: texts are safe and within each limit and their sum, addresses are on the list,
 * nothing is blank, and no colour or time is refused. What does not fit is cut with `…`, or left out entirely.
 */
export function fitEmbeds(embeds: readonly APIEmbed[], rules: EmbedRules = {}): APIEmbed[] {
  let room = LIMITS.sum;
  const fitted: APIEmbed[] = [];
  for (const embed of embeds) {
    if (fitted.length === LIMITS.embeds) break;
    const budget = { left: room };
    const fit = fitEmbed(embed, rules, budget);
    if (isBlank(fit)) continue;
    fitted.push(fit);
    room = budget.left;
  }
  return fitted;
}

/** A button's or option's label: one line, inert, at most 80 characters. */
export function safeLabel(text: string): string {
  return cut(makeSafe(text.replaceAll(/\s+/g, ' ')).trim(), LIMITS.label);
}

interface Budget {
  left: number;
}

function fitEmbed(embed: APIEmbed, rules: EmbedRules, budget: Budget): APIEmbed {
  const line = (text: string | undefined, limit: number) =>
    take(cut(makeSafe(text ?? '', rules).trim(), Math.min(limit, budget.left)), budget);
  const title = line(embed.title, LIMITS.title);
  const author = line(embed.author?.name, LIMITS.author);
  const footer = line(embed.footer?.text, LIMITS.footer);
  const fields = (embed.fields ?? []).slice(0, LIMITS.fields).flatMap((field) => fitField(field, rules, budget));
  const description = take(body(embed.description ?? '', Math.min(LIMITS.description, budget.left), rules), budget);
  const { color, timestamp } = embed;
  const link = address(embed.url, rules);
  const icon = (url: string | undefined) => (address(url, rules) ? { icon_url: url! } : {});
  return {
    ...(title && { title }),
    ...(description && { description }),
    ...(title && link && { url: link }),
    ...(author && { author: { name: author, ...icon(embed.author?.icon_url) } }),
    ...(footer && { footer: { text: footer, ...icon(embed.footer?.icon_url) } }),
    ...(fields.length > 0 && { fields }),
    ...(color !== undefined && Number.isInteger(color) && color >= 0 && color <= HIGHEST_COLOUR && { color }),
    ...(timestamp !== undefined && !Number.isNaN(Date.parse(timestamp)) && { timestamp }),
    ...(address(embed.image?.url, rules) && { image: { url: embed.image!.url } }),
    ...(address(embed.thumbnail?.url, rules) && { thumbnail: { url: embed.thumbnail!.url } }),
  };
}

function fitField(field: APIEmbedField, rules: EmbedRules, budget: Budget): APIEmbedField[] {
  const name = cut(makeSafe(field.name, rules).trim(), LIMITS.name);
  const value = body(field.value, LIMITS.value, rules);
  if (name === '' || value === '' || name.length + value.length > budget.left) return [];
  take(name + value, budget);
  return [{ ...field, name, value }];
}

function take(text: string, budget: Budget): string {
  budget.left -= text.length;
  return text;
}

/** A text with markup, cut as a message would be. */
function body(text: string, limit: number, rules: EmbedRules): string {
  const safe = makeSafe(text, rules).trim();
  if (safe.length <= limit) return safe;
  return limit < 8 ? '' : `${splitMessage(safe, { limit: limit - 1 })[0] ?? ''}…`;
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return limit < 2 ? '' : `${text.slice(0, wholeCharacters(text, 0, limit - 1))}…`;
}

/** An address that may be shown; undefined for any other. */
function address(url: string | undefined, { hosts = [], attachments = [] }: EmbedRules): string | undefined {
  const parsed = url === undefined ? null : URL.parse(url);
  if (!parsed) return undefined;
  if (parsed.protocol === 'attachment:')
    return attachments.includes(parsed.href.slice('attachment://'.length)) ? url : undefined;
  return parsed.protocol === 'https:' && hosts.includes(parsed.hostname) ? url : undefined;
}

/** Discord refuses an embed that shows nothing. */
function isBlank(embed: APIEmbed): boolean {
  return !(
    embed.title ||
    embed.description ||
    embed.author ||
    embed.footer ||
    embed.fields ||
    embed.image ||
    embed.thumbnail
  );
}
