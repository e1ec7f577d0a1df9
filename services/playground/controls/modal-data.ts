import type { Json } from '../state/types.ts';

/**
 * The data of a submitted modal: the modal's own rows with what was typed in. Refuses, as Discord's client does, a
 * required field left empty or a text of the wrong length.
 */
export function modalData(modal: Json, values: Record<string, string>): Json {
  const rows = (modal['components'] as Json[] | undefined) ?? [];
  const known = new Set<string>();
  const filled = rows.map((row) => {
    if (Array.isArray(row['components'])) {
      return { type: 1, id: row['id'], components: (row['components'] as Json[]).map((i) => fill(i, values, known)) };
    }
    return { type: row['type'], id: row['id'], component: fill(row['component'] as Json, values, known) };
  });
  const unknown = Object.keys(values).find((id) => !known.has(id));
  if (unknown !== undefined) throw new Error(`The modal has no field ${unknown}.`);
  return { custom_id: modal['custom_id'], components: filled };
}

function fill(input: Json, values: Record<string, string>, known: Set<string>): Json {
  const id = String(input['custom_id']);
  known.add(id);
  const text = values[id] ?? (typeof input['value'] === 'string' ? input['value'] : '');
  const most = typeof input['max_length'] === 'number' ? input['max_length'] : 4000;
  const least = typeof input['min_length'] === 'number' ? input['min_length'] : 0;
  if (input['required'] !== false && text === '') throw new Error(`The field ${id} must be filled in.`);
  if (text.length > most || (text !== '' && text.length < least)) {
    throw new Error(`The field ${id} takes ${least} to ${most} characters, not ${text.length}.`);
  }
  if (input['type'] !== 4) return { type: input['type'], id: input['id'], custom_id: id, values: text.split(',') };
  return { type: 4, id: input['id'], custom_id: id, value: text };
}
