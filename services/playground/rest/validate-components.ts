import { textOf } from '../json/text.ts';
import type { Json } from '../state/types.ts';
import { invalidForm, tooLong } from './errors.ts';

const MAX_ROWS = 5;
const MAX_BUTTONS = 5;
const MAX_COMPONENTS_V2 = 40;
const MAX_TEXT_V2 = 4000;
const SELECTS = new Set([3, 5, 6, 7, 8]);

/** Checks a message's components and returns them with the ids that Discord adds. */
export function checkComponents(value: unknown, v2: boolean): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    throw invalidForm('components', 'BASE_TYPE_LIST', 'Only iterables may be used in a ListType');
  }
  const components = structuredClone(value) as Json[];
  const all = flatten(components, 'components');
  if (v2) checkV2(all);
  else checkRows(components);
  checkLeaves(all);
  for (const [i, { component }] of all.entries()) component['id'] ??= i + 1;
  return components;
}

interface Placed {
  component: Json;
  path: string;
}

function flatten(components: Json[], path: string): Placed[] {
  return components.flatMap((component, i) => {
    const at = `${path}.${i}`;
    const inner = Array.isArray(component['components']) ? (component['components'] as Json[]) : [];
    const accessory = component['accessory'] === undefined ? [] : [component['accessory'] as Json];
    return [{ component, path: at }, ...flatten(inner, `${at}.components`), ...flatten(accessory, `${at}.accessory`)];
  });
}

function checkRows(rows: Json[]): void {
  if (rows.length > MAX_ROWS) throw tooLong('components', MAX_ROWS);
  for (const [i, row] of rows.entries()) {
    if (row['type'] !== 1) {
      throw invalidForm(`components.${i}.type`, 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).');
    }
    checkRow(row, `components.${i}`);
  }
}

function checkRow(row: Json, path: string): void {
  const inner = (row['components'] as Json[] | undefined) ?? [];
  const hasSelect = inner.some((component) => SELECTS.has(component['type'] as number));
  const max = hasSelect ? 1 : MAX_BUTTONS;
  if (inner.length < 1 || inner.length > max) throw tooLong(`${path}.components`, max, 1);
}

function checkV2(all: Placed[]): void {
  if (all.length > MAX_COMPONENTS_V2) {
    throw invalidForm(
      'components',
      'BASE_TYPE_MAX_LENGTH',
      `The message has more than ${MAX_COMPONENTS_V2} components`,
    );
  }
  const text = all.reduce((sum, { component }) => sum + textOf(component['content']).length, 0);
  if (text > MAX_TEXT_V2) throw tooLong('components', MAX_TEXT_V2);
  for (const { component, path } of all) if (component['type'] === 1) checkRow(component, path);
}

function checkLeaves(all: Placed[]): void {
  const seen = new Set<string>();
  for (const { component, path } of all) {
    const type = component['type'];
    if (type === 2) checkButton(component, path);
    if (SELECTS.has(type as number)) checkSelect(component, path);
    const customId = component['custom_id'];
    if (typeof customId !== 'string') continue;
    if (customId.length < 1 || customId.length > 100) throw tooLong(`${path}.custom_id`, 100, 1);
    if (seen.has(customId)) {
      const message = 'Component custom id cannot be duplicated';
      throw invalidForm(`${path}.custom_id`, 'COMPONENT_CUSTOM_ID_DUPLICATED', message);
    }
    seen.add(customId);
  }
}

function checkButton(button: Json, path: string): void {
  const style = button['style'];
  if (typeof style !== 'number' || style < 1 || style > 6) {
    throw invalidForm(`${path}.style`, 'BASE_TYPE_CHOICES', 'Value must be one of (1, 2, 3, 4, 5, 6).');
  }
  if (textOf(button['label']).length > 80) throw tooLong(`${path}.label`, 80);
  if (button['label'] === undefined && button['emoji'] === undefined && style !== 6) {
    throw invalidForm(path, 'BUTTON_COMPONENT_LABEL_REQUIRED', 'A button must have a label or an emoji.');
  }
  const needed = style === 5 ? 'url' : style === 6 ? 'sku_id' : 'custom_id';
  if (button[needed] === undefined) {
    throw invalidForm(`${path}.${needed}`, 'BASE_TYPE_REQUIRED', 'This field is required');
  }
}

function checkSelect(select: Json, path: string): void {
  if (select['custom_id'] === undefined) {
    throw invalidForm(`${path}.custom_id`, 'BASE_TYPE_REQUIRED', 'This field is required');
  }
  if (textOf(select['placeholder']).length > 150) throw tooLong(`${path}.placeholder`, 150);
  if (select['type'] !== 3) return;
  const options = (select['options'] as Json[] | undefined) ?? [];
  if (options.length < 1 || options.length > 25) throw tooLong(`${path}.options`, 25, 1);
  const values = options.map((option) => textOf(option['value']));
  for (const [i, option] of options.entries()) {
    if (textOf(option['label']).length > 100) throw tooLong(`${path}.options.${i}.label`, 100);
    if (textOf(option['value']).length > 100) throw tooLong(`${path}.options.${i}.value`, 100);
  }
  if (new Set(values).size < values.length) {
    throw invalidForm(
      `${path}.options`,
      'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
      'The specified option value is already used',
    );
  }
}

/** Checks a modal: its title, its id and its one to five inputs. */
export function checkModal(modal: Json): void {
  const customId = textOf(modal['custom_id']);
  if (customId.length < 1 || customId.length > 100) throw tooLong('data.custom_id', 100, 1);
  const title = textOf(modal['title']);
  if (title.length < 1 || title.length > 45) throw tooLong('data.title', 45, 1);
  const rows = (modal['components'] as Json[] | undefined) ?? [];
  if (rows.length < 1 || rows.length > 5) throw tooLong('data.components', 5, 1);
  for (const [i, row] of rows.entries()) {
    const inner = row['type'] === 1 ? ((row['components'] as Json[])[0] ?? {}) : ((row['component'] as Json) ?? {});
    const label = textOf(row['type'] === 1 ? inner['label'] : row['label'], 'text');
    if (label.length < 1 || label.length > 45) throw tooLong(`data.components.${i}.label`, 45, 1);
    if (textOf(inner['value']).length > 4000) throw tooLong(`data.components.${i}.value`, 4000);
  }
}
