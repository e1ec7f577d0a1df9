import { textOf } from '../json/text.ts';
import type { Json } from '../state/types.ts';
import { invalidForm, tooLong } from './errors.ts';
import { checkSelect, requireType, SELECTS } from './validate-components.ts';

const ROW = 1;
const TEXT_INPUT = 4;
const TEXT_DISPLAY = 10;
const LABEL = 18;
/** Boxes to choose from: one of several, several, and their options. */
const GROUPS: Record<number, number> = { 21: 2, 22: 1 };
const AT_TOP = new Set([ROW, TEXT_DISPLAY, LABEL]);
const IN_LABELS = new Set([TEXT_INPUT, ...SELECTS, 19, 21, 22, 23]);

/**
 * Checks a modal (its title, its id and its one to five rows) and returns it with the ids that Discord adds.
 * https://discord.com/developers/docs/components/reference
 */
export function checkModal(value: Json): Json {
  const modal = structuredClone(value);
  const customId = textOf(modal['custom_id']);
  if (customId.length < 1 || customId.length > 100) throw tooLong('data.custom_id', 100, 1);
  const title = textOf(modal['title']);
  if (title.length < 1 || title.length > 45) throw tooLong('data.title', 45, 1);
  const rows = (modal['components'] as Json[] | undefined) ?? [];
  if (rows.length < 1 || rows.length > 5) throw tooLong('data.components', 5, 1);
  const fields = rows.flatMap((row, i) => checkRow(row, `data.components.${i}`));
  const seen = new Set<unknown>();
  for (const [i, { component, path }] of fields.entries()) {
    component['id'] ??= rows.length + i + 1;
    if (seen.has(component['custom_id'])) {
      const message = 'Component custom id cannot be duplicated';
      throw invalidForm(`${path}.custom_id`, 'COMPONENT_CUSTOM_ID_DUPLICATED', message);
    }
    seen.add(component['custom_id']);
  }
  for (const [i, row] of rows.entries()) row['id'] ??= i + 1;
  return modal;
}

interface Field {
  component: Json;
  path: string;
}

function checkRow(row: Json, path: string): Field[] {
  requireType(row, AT_TOP, path);
  if (row['type'] === TEXT_DISPLAY) return [];
  const isLabel = row['type'] === LABEL;
  const component = isLabel ? (row['component'] as Json | undefined) : (row['components'] as Json[] | undefined)?.[0];
  const at = isLabel ? `${path}.component` : `${path}.components.0`;
  if (!component) throw invalidForm(at, 'BASE_TYPE_REQUIRED', 'This field is required');
  requireType(component, isLabel ? IN_LABELS : new Set([TEXT_INPUT]), at);
  const label = textOf(isLabel ? row['label'] : component['label'], 'text');
  if (label.length < 1 || label.length > 45) throw tooLong(`${isLabel ? path : at}.label`, 45, 1);
  if (textOf(row['description']).length > 100) throw tooLong(`${path}.description`, 100);
  checkField(component, at);
  return [{ component, path: at }];
}

function checkField(field: Json, path: string): void {
  const type = field['type'] as number;
  const customId = textOf(field['custom_id']);
  if (customId.length < 1 || customId.length > 100) throw tooLong(`${path}.custom_id`, 100, 1);
  if (textOf(field['value']).length > 4000) throw tooLong(`${path}.value`, 4000);
  if (textOf(field['placeholder']).length > (type === TEXT_INPUT ? 100 : 150)) {
    throw tooLong(`${path}.placeholder`, type === TEXT_INPUT ? 100 : 150);
  }
  if (SELECTS.has(type)) checkSelect(field, path);
  const least = GROUPS[type];
  const options = (field['options'] as Json[] | undefined) ?? [];
  if (least !== undefined && (options.length < least || options.length > 10)) {
    throw tooLong(`${path}.options`, 10, least);
  }
}
