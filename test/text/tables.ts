import * as fc from 'fast-check';

/** A table in a text, as a model writes it, and what the table says. */
export interface WrittenTable {
  text: string;
  /** Words of which each occurs in one cell and nowhere else. */
  words: string[];
}

const filling = fc.constantFrom(
  '',
  '',
  ' some more words',
  ' **bold**',
  ' `a \\| b`',
  ' ``',
  ' ```',
  ' *half',
  ' ~~~',
  ' \\|\\|',
  ' <@1234567890>',
  ' @everyone',
  ' [text](https://a.example/x_y)',
  ' https://evil.example/?q=1',
  ' <br> more',
  ' 日本語',
  ' 👨‍👩‍👧‍👦',
  ' שלום',
  ' e\u0301',
  ' \u202emoc',
  ' > quote',
  ' 3.14',
  ' \ud800',
  ` ${'long '.repeat(60)}`,
);
const delimiter = fc.constantFrom('---', ':--', '--:', ':-:', '-');
const before = fc.constantFrom(
  '',
  'Some text.\n',
  'Some text:\n\n',
  '- item\n\n',
  '# Title\n',
  '```js\ncode\n```\n',
  'a `half\n',
);
const after = fc.constantFrom(
  '',
  '\n',
  '\n\nThe end.',
  '\nThe end.',
  '\n- item',
  '\n```\n| a | b |\n|---|---|\n```',
  '\n> quote',
);
const opening = fc.constantFrom('', '', '', '> ', '  ', '> > ');

export const writtenTable: fc.Arbitrary<WrittenTable> = fc
  .record({
    columns: fc.integer({ min: 1, max: 6 }),
    rows: fc.integer({ min: 0, max: 40 }),
    piped: fc.boolean(),
    before,
    after,
    opening,
  })
  .chain((shape) =>
    fc
      .tuple(
        fc.array(filling, { minLength: shape.columns * 3, maxLength: shape.columns * 3 }),
        fc.array(delimiter, { minLength: shape.columns, maxLength: shape.columns }),
      )
      .map(([cells, dashes]) => {
        const words: string[] = [];
        const line = (parts: string[]) =>
          shape.opening + (shape.piped || shape.columns === 1 ? `| ${parts.join(' | ')} |` : parts.join(' | '));
        const row = (at: number) =>
          line(
            dashes.map((_, column) => {
              const word = `w${at}x${column}`;
              words.push(word);
              return word + cells[(at * shape.columns + column) % cells.length]!;
            }),
          );
        // A header whose first cell is a single word is recognised even in a text's first line.
        const head = line(dashes.map((_, column) => `h${column}`));
        const lines = [head, line(dashes), ...Array.from({ length: shape.rows }, (_, at) => row(at))];
        return { text: shape.before + lines.join('\n') + shape.after, words };
      }),
  );
