import { readStructure, seamAt } from './structure.ts';

const HALF_LINK = /!?\[((?:\\.|[^[\]\\\n])*)(?:\](?:\([^()\n]*(?:\([^()\n]*\)?[^()\n]*)*)?)?$/;
const DANGLING = /(?:^|\s)(?:\*{1,3}|_{1,3}|~~|\|\||`{1,2})$/;

/**
 * Closes what is still open in a text that is being written: fences, inline code, emphasis, spoilers. A link that is not
 * complete shows its text; marks that open nothing yet are left out. Complete Markdown comes back unchanged.
 */
export function healMarkdown(partial: string): string {
  const trimmed = inCode(partial) ? partial : withoutHalves(partial);
  const structure = readStructure(trimmed, true);
  const last = structure.lines.at(-1);
  if (last?.fence && !last.fence.closed && trimmed.endsWith('\n')) return trimmed + closing(structure).slice(1);
  return trimmed + closing(structure);
}

function closing(structure: ReturnType<typeof readStructure>): string {
  return seamAt(structure, structure.text.length, structure.text.length).close;
}

function inCode(text: string): boolean {
  const structure = readStructure(text, true);
  const open = structure.spans.at(-1);
  const code = structure.spans.some((span) => span.end === Infinity && span.marker.startsWith('`'));
  return structure.lines.at(-1)?.fence !== undefined || (open !== undefined && code);
}

function withoutHalves(text: string): string {
  const half = HALF_LINK.exec(text);
  const complete = half !== null && half[0].endsWith(')') && balanced(half[0]);
  const shown = half && !complete && half[0].includes('](') ? text.slice(0, half.index) + half[1]! : text;
  return shown.replace(DANGLING, '');
}

function balanced(text: string): boolean {
  return text.split('(').length === text.split(')').length;
}
