import type { Json } from '../state/types.ts';
import { chosenValues, MENUS, numberOf, offered } from './menu-data.ts';
import { resolvedOf, resolveFile, type Resolving } from './resolved.ts';
import type { FileToSend } from './talk.ts';

/** What was filled into one field: a text, the chosen values, the files, or whether a box is ticked. */
export type FieldValue = string | boolean | string[] | FileToSend[];

/** Component types that a modal has beside select menus. */
const Field = { TEXT: 4, FILES: 19, RADIO: 21, BOXES: 22, BOX: 23 } as const;

/**
 * The data of a submitted modal: the modal's own rows with what was filled in. Refuses, as Discord's client does, a
 * required field left empty, a text of the wrong length, and what a menu does not offer.
 */
export function modalData(resolving: Resolving, modal: Json, values: Record<string, FieldValue>): Json {
  const rows = (modal['components'] as Json[] | undefined) ?? [];
  const known = new Set<string>();
  const fillIn = (input: Json) => {
    known.add(String(input['custom_id']));
    return fill(resolving, input, values[String(input['custom_id'])]);
  };
  const filled = rows.map((row) => {
    const own = { type: row['type'], id: row['id'] };
    if (Array.isArray(row['components'])) return { ...own, components: (row['components'] as Json[]).map(fillIn) };
    return row['component'] === undefined ? own : { ...own, component: fillIn(row['component'] as Json) };
  });
  const unknown = Object.keys(values).find((id) => !known.has(id));
  if (unknown !== undefined) throw new Error(`The modal has no field ${unknown}.`);
  return { custom_id: modal['custom_id'], components: filled, ...resolvedOf(resolving) };
}

function fill(resolving: Resolving, input: Json, given: FieldValue | undefined): Json {
  const type = Number(input['type']);
  const own = { type, id: input['id'], custom_id: input['custom_id'] };
  if (MENUS.includes(type)) return { ...own, values: menuValues(resolving, input, given) };
  switch (type) {
    case Field.TEXT:
      return { ...own, value: text(input, given) };
    case Field.FILES:
      return { ...own, values: files(input, given).map((file) => resolveFile(resolving, file)) };
    case Field.RADIO:
      return { ...own, value: radio(input, given) };
    case Field.BOXES:
      return { ...own, values: boxes(input, given) };
    case Field.BOX:
      return { ...own, value: given === undefined ? input['default'] === true : given === true || given === 'true' };
    default:
      throw new Error(`The modal has a field of type ${type}, which the playground does not know.`);
  }
}

function text(input: Json, given: FieldValue | undefined): string {
  const id = String(input['custom_id']);
  const value = typeof given === 'string' ? given : typeof input['value'] === 'string' ? input['value'] : '';
  const most = numberOf(input['max_length'], 4000);
  const least = numberOf(input['min_length'], 0);
  if (input['required'] !== false && value === '') throw mustBeFilled(id);
  if (value.length > most || (value !== '' && value.length < least)) {
    throw new Error(`The field ${id} takes ${least} to ${most} characters, not ${value.length}.`);
  }
  return value;
}

function mustBeFilled(id: string): Error {
  return new Error(`The field ${id} must be filled in.`);
}

/** The texts that were given, or those that the bot had chosen beforehand. */
function listOf(input: Json, given: FieldValue | undefined): string[] {
  if (Array.isArray(given)) return given.filter((value) => typeof value === 'string');
  if (typeof given === 'string') return given === '' ? [] : [given];
  const options = (input['options'] as Json[] | undefined) ?? [];
  const defaults = (input['default_values'] as Json[] | undefined) ?? [];
  return [
    ...options.filter((option) => option['default'] === true).map((option) => String(option['value'])),
    ...defaults.map((value) => String(value['id'])),
  ];
}

function menuValues(resolving: Resolving, input: Json, given: FieldValue | undefined): string[] {
  const values = listOf(input, given);
  if (values.length === 0 && input['required'] === false) return [];
  if (values.length === 0 && input['min_values'] !== 0) throw mustBeFilled(String(input['custom_id']));
  return chosenValues(resolving, input, values);
}

function radio(input: Json, given: FieldValue | undefined): string | null {
  const [value] = listOf(input, given);
  if (value !== undefined) return offered(input, value);
  if (input['required'] === false) return null;
  throw mustBeFilled(String(input['custom_id']));
}

function boxes(input: Json, given: FieldValue | undefined): string[] {
  const values = listOf(input, given).map((value) => offered(input, value));
  const count = ((input['options'] as Json[] | undefined) ?? []).length;
  return counted(input, values, count);
}

function files(input: Json, given: FieldValue | undefined): FileToSend[] {
  const all = Array.isArray(given) ? given.filter((value) => typeof value !== 'string') : [];
  return counted(input, all, numberOf(input['max_values'], 1));
}

function counted<T>(input: Json, values: T[], otherwise: number): T[] {
  const id = String(input['custom_id']);
  const least = input['required'] === false ? 0 : numberOf(input['min_values'], 1);
  const most = numberOf(input['max_values'], otherwise);
  if (values.length === 0 && least > 0) throw mustBeFilled(id);
  if (values.length < least || values.length > most) {
    throw new Error(`The field ${id} takes ${least} to ${most}, not ${values.length}.`);
  }
  return values;
}
