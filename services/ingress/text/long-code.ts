import type { Say } from '../language/say.ts';

/** Lines of a block of code that are shown; longer ones come whole as a file. */
const MOST_LINES = 60;
/** Discord takes ten files in a message; tables and pictures need places too. */
const MOST_FILES = 4;

/** A block of code that is not shown whole, to be sent as a file. */
export interface CodeFile {
  name: string;
  code: string;
}

export interface LongCode {
  /** Begins the text again, which may have grown. */
  begin(): void;
  /**
   * What is shown of a block: undefined for all of it. More lines do not change it, so that a growing block stays as it
   * is seen. `whole`: the block has its end.
   */
  show(code: string, language: string, whole: boolean): { shown: string; note: string } | undefined;
  /** The blocks that were not shown whole, in order. */
  files(): CodeFile[];
}

const ENDINGS: Record<string, string> = {
  python: 'py',
  javascript: 'js',
  typescript: 'ts',
  bash: 'sh',
  shell: 'sh',
  yaml: 'yml',
  rust: 'rs',
  ruby: 'rb',
  csharp: 'cs',
  markdown: 'md',
  kotlin: 'kt',
};
const KNOWN = new Set(
  'py js ts tsx jsx sh sql json yml html css xml java go rs rb php c cpp h cs kt lua diff toml md csv ini'.split(' '),
);

/** Whether a line is the note below a block of code that is not shown whole. */
export function isCodeNote(line: string): boolean {
  return /^-# .*\d.*\bcode(?:-\d+)?\.\w+$/.test(line);
}

/** Shows the blocks of code of one text, one after the other. Without `files` all are shown whole. */
export function createLongCode(files: boolean, say: Say): LongCode {
  let written: CodeFile[] = [];
  return {
    begin() {
      written = [];
    },
    show(code, language, whole) {
      const lines = code.split('\n');
      if (!files || lines.length <= MOST_LINES || written.length >= MOST_FILES) return undefined;
      const ending = endingOf(language);
      const name = written.length === 0 ? `code.${ending}` : `code-${written.length + 1}.${ending}`;
      if (whole) written.push({ name, code });
      const told = `${say('code.lines', { count: lines.length })}, ${say('table.shown', { number: MOST_LINES })}`;
      const note = `-# ${told}; ${say('table.in-file', { file: name })}`;
      return { shown: lines.slice(0, MOST_LINES).join('\n'), note };
    },
    files: () => written,
  };
}

function endingOf(language: string): string {
  const name = language.trim().toLowerCase();
  const ending = Object.hasOwn(ENDINGS, name) ? ENDINGS[name]! : name;
  return KNOWN.has(ending) ? ending : 'txt';
}
