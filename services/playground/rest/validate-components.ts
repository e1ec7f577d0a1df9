import { textOf } from '../json/text.ts';
import type { Json } from '../state/types.ts';
import { invalidForm, tooLong } from './errors.ts';

const MAX_ROWS = 5;
const MAX_BUTTONS = 5;
const MAX_COMPONENTS_V2 = 40;
const MAX_TEXT_V2 = 4000;
export const SELECTS = new Set([3, 5, 6, 7, 8]);
const IN_ROWS = new Set([2, ...SELECTS]);
/** Outside of rows, in messages of components v2: rows, sections, texts, galleries, files, separators, containers. */
const AT_TOP = new Set([1, 9, 10, 12, 13, 14, 17]);
const IN_SECTIONS = new Set([10]);
const ACCESSORIES = new Set([2, 11]);

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
    const accessory =
      component['accessory'] === undefined
        ? []
        : [{ component: component['accessory'] as Json, path: `${at}.accessory` }];
    return [{ component, path: at }, ...flatten(inner, `${at}.components`), ...accessory];
  });
}

function checkRows(rows: Json[]): void {
  if (rows.length > MAX_ROWS) throw tooLong('components', MAX_ROWS);
  for (const [i, row] of rows.entries()) {
    requireType(row, new Set([1]), `components.${i}`);
    checkRow(row, `components.${i}`);
  }
}

/** Refuses a component of a kind that has no place here, unknown kinds among them. */
export function requireType(component: Json, fitting: ReadonlySet<number>, path: string): void {
  if (fitting.has(component['type'] as number)) return;
  const types = [...fitting].join(', ');
  throw invalidForm(`${path}.type`, 'UNION_TYPE_CHOICES', `Value of field "type" must be one of (${types},).`);
}

function checkRow(row: Json, path: string): void {
  const inner = (row['components'] as Json[] | undefined) ?? [];
  for (const [i, component] of inner.entries()) requireType(component, IN_ROWS, `${path}.components.${i}`);
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
  for (const { component, path } of all) {
    const inner = (component['components'] as Json[] | undefined) ?? [];
    if (!path.slice('components.'.length).includes('.')) requireType(component, AT_TOP, path);
    if (component['type'] === 1) checkRow(component, path);
    if (component['type'] === 17) inner.forEach((part, i) => requireType(part, AT_TOP, `${path}.components.${i}`));
    if (component['type'] === 9) {
      inner.forEach((part, i) => requireType(part, IN_SECTIONS, `${path}.components.${i}`));
      requireType((component['accessory'] as Json | undefined) ?? {}, ACCESSORIES, `${path}.accessory`);
    }
  }
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

export function checkSelect(select: Json, path: string): void {
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
