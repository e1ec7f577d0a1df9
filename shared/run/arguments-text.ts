import { isObject } from '#shared/ground/objects.ts';

/** Arguments of a call as people read them before they allow it. Nothing is left out. */
export interface ReadableArguments {
  text: string;
  form: 'json' | 'diff' | 'yaml';
}

/**
 * Edits of a text are shown as a diff, texts of several lines as they will stand, everything else as indented JSON, and what is no JSON as
 * it stands.
 */
export function readableArguments(json: string): ReadableArguments {
  try {
    const value: unknown = JSON.parse(json);
    const diff = diffOf(value);
    if (diff !== undefined) return { text: diff, form: 'diff' };
    const blocks = blocksOf(value);
    return blocks === undefined
      ? { text: JSON.stringify(value, undefined, 2), form: 'json' }
      : { text: blocks, form: 'yaml' };
  } catch {
    return { text: json, form: 'json' };
  }
}

/** Texts whose first line would hide how far a block of YAML is indented, or whose ends of lines it would change. */
const UNSAFE = /^[ \n]|[\r\u0085\u2028\u2029]/;

/**
 * Arguments with a text of several lines, as YAML with literal blocks (YAML 1.2.2, 8.1): each line of a text is indented, so that none
 * can pass for another argument. Undefined where JSON is as readable.
 */
function blocksOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const all = Object.entries(value);
  const isBlock = (each: unknown): each is string => typeof each === 'string' && /[^\n]\n/.test(each);
  if (!all.some(([, each]) => isBlock(each))) return undefined;
  if (all.some(([name, each]) => !/^\w+$/.test(name) || (isBlock(each) && UNSAFE.test(each)))) return undefined;
  return all.map(([name, each]) => `${name}: ${isBlock(each) ? block(each) : JSON.stringify(each)}`).join('\n');
}

/** How many line feeds end the text says the sign behind the bar: none `-`, one nothing, more `+`. */
function block(text: string): string {
  const ends = /\n*$/.exec(text)?.[0].length ?? 0;
  const sign = ['-', ''][ends] ?? '+';
  const lines = (ends === 0 ? text : text.slice(0, -1)).split('\n').map((line) => (line === '' ? '' : `  ${line}`));
  return `|${sign}\n${lines.join('\n')}`;
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
