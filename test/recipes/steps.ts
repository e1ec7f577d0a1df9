/** One step of a recipe in docs/, as a block of code gives it. */
export type Step =
  | { kind: 'create'; file: string; text: string }
  /** Lines as in a diff, with a space, `-` or `+` in front. */
  | { kind: 'edit'; file: string; lines: string[] }
  | { kind: 'run'; command: string };

/**
 * The steps of a recipe in order. A block of `ts` is a new file and one of `diff` a change to a file; the file's name
 * is the last one in backticks before the block. `sh` is to be run. Blocks of other languages are no steps.
 */
export function stepsOf(page: string): Step[] {
  const steps: Step[] = [];
  let file = '';
  let block: { language: string; indent: number; lines: string[] } | undefined;
  for (const line of page.split('\n')) {
    const fence = /^(\s*)```(\w*)/.exec(line);
    if (!fence) {
      if (block) block.lines.push(line.slice(Math.min(block.indent, line.length - line.trimStart().length)));
      else file = [...line.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.\w+)`/g)].at(-1)?.[1] ?? file;
    } else if (block) {
      steps.push(...stepsIn(block.language, file, block.lines));
      block = undefined;
    } else {
      block = { language: fence[2] ?? '', indent: fence[1]?.length ?? 0, lines: [] };
    }
  }
  return steps;
}

function stepsIn(language: string, file: string, lines: string[]): Step[] {
  switch (language) {
    case 'ts':
      return [{ kind: 'create', file, text: `${lines.join('\n')}\n` }];
    case 'diff':
      return [{ kind: 'edit', file, lines }];
    case 'sh':
      return lines.filter((line) => line.trim() !== '').map((command) => ({ kind: 'run', command }));
    default:
      return [];
  }
}

/**
 * Applies a diff to a text. Its unchanged and removed lines must occur in the text in a row, exactly once. Their
 * indentation does not count, and added lines are indented like them. Throws Error when they do not occur so.
 */
export function applyDiff(text: string, diff: readonly string[]): string {
  const before = diff.filter((line) => !line.startsWith('+')).map((line) => line.slice(1));
  const lines = text.split('\n');
  const places = lines.flatMap((_, at) =>
    before.every((line, n) => lines[at + n]?.trim() === line.trim()) ? [at] : [],
  );
  const [place, second] = places;
  if (before.length === 0 || place === undefined) throw new Error(`these lines are not there: ${before.join('\n')}`);
  if (second !== undefined) throw new Error(`these lines are there more than once: ${before.join('\n')}`);
  const shift = indentOf(lines[place] ?? '') - indentOf(before[0] ?? '');
  const kept = lines.slice(place, place + before.length);
  const after = diff.flatMap((line) => {
    if (line.startsWith('+')) return [indented(line.slice(1), shift)];
    const own = kept.shift() ?? '';
    return line.startsWith('-') ? [] : [own];
  });
  return [...lines.slice(0, place), ...after, ...lines.slice(place + before.length)].join('\n');
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function indented(line: string, shift: number): string {
  if (line.trim() === '') return '';
  return shift >= 0 ? `${' '.repeat(shift)}${line}` : line.slice(Math.min(-shift, indentOf(line)));
}
