import { isObject } from '#shared/ground/objects.ts';

/** Arguments of a call as people read them before they allow it. Nothing is left out. */
export interface ReadableArguments {
  text: string;
  form: 'json' | 'diff';
}

/** Edits of a text are shown as a diff, everything else as indented JSON, and what is no JSON as it stands. */
export function readableArguments(json: string): ReadableArguments {
  try {
    const value: unknown = JSON.parse(json);
    return { text: diffOf(value) ?? JSON.stringify(value, undefined, 2), form: diffOf(value) ? 'diff' : 'json' };
  } catch {
    return { text: json, form: 'json' };
  }
}

/** Undefined for arguments that are no edits, or have more to them than a diff shows. */
function diffOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const { edits, ...rest } = value;
  if (!Array.isArray(edits) || edits.length === 0 || !edits.every(isEdit)) return undefined;
  const head = Object.entries(rest).map(([name, each]) => `${name}: ${JSON.stringify(each)}`);
  const changes = edits.flatMap(({ old_text: old, new_text: next }, at) => [
    `@@ edit ${at + 1} of ${edits.length} @@`,
    ...old.split('\n').map((line) => `-${line}`),
    ...next.split('\n').map((line) => `+${line}`),
  ]);
  return [...head, ...changes].join('\n');
}

function isEdit(value: unknown): value is { old_text: string; new_text: string } {
  if (!isObject(value) || Object.keys(value).length !== 2) return false;
  return typeof value['old_text'] === 'string' && typeof value['new_text'] === 'string';
}
