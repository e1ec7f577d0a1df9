import { ToolError } from '#mcp/kit.ts';

export interface Edit {
  old_text: string;
  new_text: string;
}

/** A text with its edits made, and what changed, as a diff for people and models. */
export interface Edited {
  text: string;
  diff: string;
}

/**
 * Makes edits one after the other, all or none. Each old text must occur exactly once at that time. A caller sees no
 * difference between kinds of line ends, so those of the text are taken. Throws a sentence that says which edit fits not.
 */
export function applyEdits(before: string, edits: readonly Edit[]): Edited {
  let text = before;
  const changes: string[] = [];
  for (const [index, edit] of edits.entries()) {
    const { at, length, put } = placeOf(text, edit, edits.length === 1 ? 'old_text' : `old_text of edit ${index + 1}`);
    const line = text.slice(0, at).split('\n').length;
    changes.push(`@@ line ${line} @@`, ...marked('-', edit.old_text), ...marked('+', edit.new_text));
    text = text.slice(0, at) + put + text.slice(at + length);
  }
  return { text, diff: changes.join('\n') };
}

function placeOf(text: string, edit: Edit, what: string): { at: number; length: number; put: string } {
  if (edit.old_text === edit.new_text)
    throw new ToolError(`${what} and its new_text are the same. Leave this edit out.`);
  for (const ends of text.includes('\r\n') ? ['\r\n', '\n'] : ['\n']) {
    const old = edit.old_text.replaceAll(/\r?\n/g, ends);
    const at = text.indexOf(old);
    if (at < 0) continue;
    if (text.includes(old, at + 1)) {
      const count = text.split(old).length - 1;
      throw new ToolError(
        `${what} occurs ${Math.max(count, 2)} times. Give more of the lines around it, so that it is the only one.`,
      );
    }
    return { at, length: old.length, put: edit.new_text.replaceAll(/\r?\n/g, ends) };
  }
  throw new ToolError(notThere(text, edit.old_text, what));
}

/** Says where the text differs in blanks alone, which is what models get wrong most. */
function notThere(text: string, old: string, what: string): string {
  const squeezed = (part: string) => part.replaceAll(/\s+/g, ' ').trim();
  const wanted = squeezed(old);
  const lines = text.split('\n');
  const count = old.trim().split('\n').length;
  const at =
    wanted === ''
      ? -1
      : lines.findIndex((_, index) => squeezed(lines.slice(index, index + count).join(' ')) === wanted);
  const hint = at < 0 ? 'read_file shows what it says.' : `Line ${at + 1} differs from it in blanks alone.`;
  return `Nothing was changed: ${what} does not occur in the file. It must be the same to the letter. ${hint}`;
}

function marked(sign: string, text: string): string[] {
  if (text === '') return [];
  return text
    .replace(/\n$/, '')
    .split(/\r?\n/)
    .map((line) => sign + line);
}
