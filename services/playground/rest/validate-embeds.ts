import type { Json } from '../state/types.ts';
import { invalidForm, tooLong } from './errors.ts';

/** Embeds' limits; https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
const MAX_EMBEDS = 10;
const MAX_FIELDS = 25;
const MAX_TOTAL = 6000;
const LENGTHS: Record<string, number> = {
  title: 256,
  description: 4096,
  'footer.text': 2048,
  'author.name': 256,
};

/** Checks the embeds of a message and returns them as Discord stores them. */
export function checkEmbeds(value: unknown): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidForm('embeds', 'BASE_TYPE_LIST', 'Only iterables may be used in a ListType');
  const embeds = value as Json[];
  if (embeds.length > MAX_EMBEDS) throw tooLong('embeds', MAX_EMBEDS);
  let total = 0;
  for (const [i, embed] of embeds.entries()) total += checkEmbed(embed, `embeds.${i}`);
  if (total > MAX_TOTAL) {
    throw invalidForm('embeds', 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${MAX_TOTAL}`);
  }
  return embeds.map((embed) => ({ type: 'rich', ...embed }));
}

function checkEmbed(embed: Json, path: string): number {
  let total = 0;
  for (const [key, max] of Object.entries(LENGTHS)) {
    const text = textAt(embed, key);
    if (text.length > max) throw tooLong(`${path}.${key}`, max);
    total += text.length;
  }
  const fields = Array.isArray(embed['fields']) ? (embed['fields'] as Json[]) : [];
  if (fields.length > MAX_FIELDS) throw tooLong(`${path}.fields`, MAX_FIELDS);
  for (const [i, field] of fields.entries()) {
    const name = textAt(field, 'name');
    const text = textAt(field, 'value');
    if (name === '' || name.length > 256) throw tooLong(`${path}.fields.${i}.name`, 256, 1);
    if (text === '' || text.length > 1024) throw tooLong(`${path}.fields.${i}.value`, 1024, 1);
    total += name.length + text.length;
  }
  return total;
}

function textAt(value: Json, path: string): string {
  let at: unknown = value;
  for (const key of path.split('.')) at = (at as Json | undefined)?.[key];
  return typeof at === 'string' ? at : '';
}
