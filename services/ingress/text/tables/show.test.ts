import { describe, expect, test } from 'vitest';
import { createStreamedText } from '../stream.ts';
import { isTableNote } from './show.ts';

function shown(text: string, options: { files?: boolean } = {}): string {
  return createStreamedText({ limit: 1_700, ...options })
    .update(text, true)
    .join('\n');
}

function files(text: string) {
  const streamed = createStreamedText({ limit: 1_700 });
  streamed.update(text, true);
  return streamed.files();
}

const block = (...lines: string[]): string => ['```', ...lines, '```'].join('\n');

function table(rows: number, row: (at: number) => string, header = '| name | n |'): string {
  const columns = header.split('|').length - 2;
  return [header, `|${' --- |'.repeat(columns)}`, ...Array.from({ length: rows }, (_, at) => row(at))].join('\n');
}

describe('a narrow table is an aligned block', () => {
  test.each([
    ['with pipes around', '| a | b |\n|---|---|\n| 1 | 2 |'],
    ['without', 'a | b\n--- | ---\n1 | 2'],
    ['with one dash a column', '| a | b |\n| - | - |\n| 1 | 2 |'],
    ['with rows that lack their pipes', '| a | b |\n|---|---|\n1 | 2'],
    ['indented', '   | a | b |\n   |---|---|\n   | 1 | 2 |'],
    ['with a header that has a column more', '| a | b | |\n|---|---|\n| 1 | 2 |'],
    ['with lines drawn between its rows', '| a | b |\n|---|---|\n|---|---|\n| 1 | 2 |'],
  ])('%s', (_, text) => {
    expect(shown(text)).toBe(block('a  b', '─  ─', '1  2'));
  });

  test('text around it stays where it was', () => {
    expect(shown('Before:\n| a | b |\n|---|---|\n| 1 | 2 |\nAfter.')).toBe(
      `Before:\n${block('a  b', '─  ─', '1  2')}\nAfter.`,
    );
  });

  test('alignment, and numbers on the right', () => {
    expect(shown('| name | n | c |\n| --- | --- | :-: |\n| x | 5 | a |\n| longer | 1,000 | abc |')).toBe(
      block('name        n   c', '──────  ─────  ───', 'x           5   a', 'longer  1,000  abc'),
    );
  });

  test.each([
    ['**bold** and *soft*', 'bold and soft'],
    ['`a \\| b`', 'a | b'],
    ['a \\| b', 'a | b'],
    ['a &#124; b', 'a | b'],
    ['`x || y`', 'x || y'],
    ['[text](https://e.example/a_b)', 'text (https://e.example/a_b)'],
    ['[a@b.example](mailto:a@b.example)', 'a@b.example'],
    ['<https://e.example>', 'https://e.example'],
    ['one<br>two', 'one; two'],
    ['snake_case __init__ 2*3*4 *.ts', 'snake_case __init__ 2*3*4 *.ts'],
    ['~~20~~ 15', '~~20~~ 15'],
    ['\\*not soft\\*', '*not soft*'],
    ['```', '``\u200b`'],
    ['@everyone', '@everyone'],
    ['2026-01-02 10:30', '2026-01-02 10:30'],
  ])('a cell %j reads %j', (cell, text) => {
    expect(shown(`| a | b |\n|---|---|\n| x | ${cell} |`).split('\n')[3]).toBe(`x  ${text}`);
  });

  test('ragged rows and empty cells lose nothing', () => {
    expect(shown('| a | b |\n|---|---|\n| 1 |\n| | 2 |\n| 3 | 4 | 5 |')).toBe(
      block('a  b', '─  ─  ─', '1', '   2', '3  4  5'),
    );
  });

  test('only a header, and no header', () => {
    expect(shown('| a | b |\n|---|---|')).toBe(block('a  b', '─  ─', '(no rows)'));
    expect(shown('| | |\n|---|---|\n| key | value |')).toBe(block('key  value'));
  });

  test('columns keep their order where cells run from right to left', () => {
    const row = shown('| a | b |\n|---|---|\n| שלום | 5 |').split('\n')[3];
    expect(row).toBe('\u200eשלום\u200e  5');
  });

  test('in a quote and in a list', () => {
    expect(shown('> | a | b |\n> |---|---|\n> | 1 | 2 |\n> tail')).toBe('> ```\n> a  b\n> ─  ─\n> 1  2\n> ```\n> tail');
    expect(shown('- item\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n\n- next')).toBe(
      `- item\n\n${block('a  b', '─  ─', '1  2')}\n\n- next`,
    );
  });

  test('two of them, one after the other', () => {
    const one = '| a | b |\n|---|---|\n| 1 | 2 |';
    expect(shown(`${one}\n\n${one}`)).toBe(`${block('a  b', '─  ─', '1  2')}\n\n${block('a  b', '─  ─', '1  2')}`);
  });
});

describe('what only looks like a table is left alone', () => {
  test.each([
    'Use a | b | c, and then d | e.',
    'ps aux | grep node | wc -l\ncat file | sort | uniq',
    'either | or\n---\nnext',
    '| a | b |\n| not dashes |\n| 1 | 2 |',
    '| abc | def |\n| --- |\n| bar |',
    '```\n| a | b |\n|---|---|\n| 1 | 2 |\n```',
    '```md\n| a | b |\n|---|---|\n```\nand text',
    '|---|---|',
    'text\n|---|---|\ntext',
    '||spoiler|| and text',
  ])('%j', (text) => {
    expect(shown(text)).toBe(text);
  });
});

describe('a table that is a little too wide for a phone has cells of several lines', () => {
  const rows = [
    '| Product | Supplier | Price per unit (USD) |',
    '|---|---|--:|',
    '| Green tea, loose | Nordic Tea House | 1,250.00 |',
    '| Salt | Sea & Sons | 3.10 |',
    '| Black tea | Northern Trade | 7.00 |',
  ];

  test('no word and no number is broken, and nothing is lost', () => {
    expect(shown(rows.join('\n'))).toBe(
      block(
        'Product       Supplier         Price per',
        '                              unit (USD)',
        '────────────  ────────────  ────────────',
        'Green tea,    Nordic Tea        1,250.00',
        'loose         House',
        '',
        'Salt          Sea & Sons            3.10',
        'Black tea     Northern              7.00',
        '              Trade',
      ),
    );
  });

  test('no line is wider than a phone, whatever the cells are', () => {
    for (const words of [1, 2, 3, 5]) {
      for (const columns of [2, 3, 4, 5, 6]) {
        const cell = (at: number): string =>
          Array.from({ length: words }, (_, each) => 'x'.repeat(2 + ((at + each) % 7))).join(' ');
        const header = `|${' h |'.repeat(columns)}`;
        const text = table(
          3,
          (row) => `|${Array.from({ length: columns }, (_, at) => ` ${cell(row + at)} |`).join('')}`,
          header,
        );
        const written = shown(text);
        if (!written.startsWith('```')) continue;
        for (const line of written.split('\n')) expect(line.length, text).toBeLessThanOrEqual(40);
        expect(written.match(/x+/g)?.toSorted()).toEqual(text.match(/x+/g)?.toSorted());
      }
    }
  });

  test('in a quote, each line is quoted', () => {
    const quoted = shown(rows.map((line) => `> ${line}`).join('\n'));
    for (const line of quoted.split('\n')) expect(line).toMatch(/^>/);
    expect(quoted).toContain('> loose ');
  });

  test.each([
    [
      'whose words are too long for that',
      '| a | b |\n|---|---|\n| some_identifier_of_thirty_chars | and_another_of_twenty |',
    ],
    ['that runs from right to left', '| a | b |\n|---|---|\n| שלום עולם שלום עולם שלום | hello world hello world |'],
  ])('one %s has cards', (_, text) => {
    expect(shown(text)).toMatch(/^\*\*.*\*\*\nb: /);
  });
});

describe('a wide table is a card for each row', () => {
  const wide = (cell: string): string =>
    `| id | description | owner |\n|---|---|---|\n| 1 | ${'many words '.repeat(6)}| ${cell} |\n| 2 | short | |`;

  test('title, key: value, without what is blank', () => {
    expect(shown(wide('Ada'))).toBe(
      `**1**\ndescription: ${'many words '.repeat(6).trim()}\nowner: Ada\n\n**2**\ndescription: short`,
    );
  });

  test.each([
    ['**bold** `a \\| b`', '**bold** `a | b`'],
    ['[text](https://e.example/a_b)', 'text (<https://e.example/a_b>)'],
    ['2 * 3, *half, `tick', '2 \\* 3, \\*half, \\`tick'],
    ['a \\|\\| b', 'a \\|\\| b'],
    ['@everyone', '@\u200beveryone'],
    ['<@12345678901234567>', '<@\u200b12345678901234567>'],
    ['<ada@b.example>', 'ada@b.example'],
    ['snake_case_name', 'snake_case_name'],
  ])('a cell %j is written %j', (cell, text) => {
    expect(shown(wide(cell))).toContain(`\nowner: ${text}\n`);
  });

  test('a first cell that is bold, and one that is blank', () => {
    const cells = 'x '.repeat(40);
    expect(shown(`| a | b |\n|---|---|\n| **one** | ${cells}|\n| | ${cells}|`)).toBe(
      `**one**\nb: ${cells.trim()}\n\nb: ${cells.trim()}`,
    );
  });

  test('no value begins a block of its own', () => {
    const text = shown(`| a | | # |\n|---|---|---|\n| # x | # heading ${'word '.repeat(20)}| - y |`);
    expect(text).toMatch(/^\*\*# x\*\*\n\u200b# heading [^\n]*\n#: - y$/);
  });

  test('a narrow table is one as well where Discord draws what its cells hold', () => {
    expect(shown('| who | when |\n|---|---|\n| Ada | <t:1700000000:R> |')).toBe('**Ada**\nwhen: <t:1700000000:R>');
  });

  test('in a quote', () => {
    const quoted = wide('Ada').replaceAll(/^/gm, '> ');
    for (const line of shown(quoted).split('\n')) expect(line).toMatch(/^> /);
  });
});

describe('a large table shows its first rows, and a file has all', () => {
  const large = table(150, (at) => `| row ${at} | ${at * 1000} |`);

  test('150 rows', () => {
    const text = shown(`${large}\n\nThat is all.`);
    expect(text).toContain('row 24  24000\n```\n-# 150 rows, 25 shown; all in table.csv\n\nThat is all.');
    expect(text).not.toContain('row 25');
    const [file, ...others] = files(large);
    expect(others).toEqual([]);
    const lines = file!.csv.split('\r\n');
    expect([file!.name, lines[0], lines[150], lines.length]).toEqual(['table.csv', 'name,n', 'row 149,149000', 152]);
    expect(isTableNote('-# 150 rows, 25 shown; all in table.csv')).toBe(true);
    expect(isTableNote('-# played · 1.2 s · run `x`')).toBe(false);
  });

  test('30 rows are none', () => {
    expect(files(table(30, (at) => `| row ${at} | ${at} |`))).toEqual([]);
  });

  test('a wide one keeps numbers and dates, and cuts long words', () => {
    const text = table(60, (at) => `| ${at} | 2026-01-02 | ${'word '.repeat(30)}|`, '| id | day | remark |');
    expect(shown(text)).toMatch(
      /\n24 {2}2026-01-02 {2}word .*…\n```\n-# 60 rows, 25 shown, long cells cut; all in table\.csv$/,
    );
    expect(files(text)[0]!.csv).toContain(`59,2026-01-02,${'word '.repeat(30).trim()}\r\n`);
  });

  test('one with more columns than a phone shows has its first cards', () => {
    const header = `| ${Array.from({ length: 12 }, (_, at) => `column ${at}`).join(' | ')} |`;
    const text = table(40, (at) => `|${` value ${at} |`.repeat(12)}`, header);
    expect(shown(text)).toMatch(/^\*\*value 0\*\*\ncolumn 1: value 0\n[^]*\n-# 40 rows, \d shown; all in table\.csv$/);
    expect(shown(text).length).toBeLessThan(1_700);
  });

  test('one cell too long for cards is cut in its card', () => {
    const text = `| a | b |\n|---|---|\n| 1 | ${'word '.repeat(1_000)}|`;
    expect(shown(text)).toMatch(/…[^]*\n-# 1 row, long cells cut; all in table\.csv$/);
    expect(files(text)[0]!.csv.length).toBeGreaterThan(4_900);
  });

  test('several have a file each, and at most nine', () => {
    const text = Array.from({ length: 11 }, () => large).join('\n\n');
    expect(files(text).map(({ name }) => name)).toEqual([
      'table.csv',
      ...Array.from({ length: 8 }, (_, at) => `table-${at + 2}.csv`),
    ]);
    expect(shown(text).match(/row 149 /g)).toHaveLength(2);
  });

  test('where no file can be sent all rows are shown, each block with its header', () => {
    const parts = createStreamedText({ limit: 1_700, files: false }).update(large, true);
    expect(parts.join('\n').match(/^row \d+ /gm)).toHaveLength(150);
    expect(parts.join('\n')).not.toContain('.csv');
    for (const part of parts) expect(part).toMatch(/^```\nname +n\n/);
  });

  test('a secret is in neither', () => {
    const secret = 'hunter2-hunter2';
    const streamed = createStreamedText({ rules: { secrets: [secret] } });
    const parts = streamed.update(
      table(150, (at) => `| row ${at} | ${secret} |`),
      true,
    );
    expect(parts.join('\n') + streamed.files()[0]!.csv).not.toContain(secret);
    expect(streamed.files()[0]!.csv).toContain('«secret removed»');
  });
});

describe('while it is written', () => {
  const text = 'Here they are:\n\n| name | n |\n| --- | --- |\n| one | 1 |\n| two | 2 |\n\nThat is all of them.';

  test('a table appears whole, and no pipe before', () => {
    const streamed = createStreamedText();
    const states = new Set<string>();
    for (let at = 1; at <= text.length; at += 1) states.add(streamed.update(text.slice(0, at), false).join('\n'));
    for (const state of states) expect(state).not.toContain('|');
    const tables = [...states].map((state) => /```[^]*```/.exec(state)?.[0]).filter(Boolean);
    expect(new Set(tables)).toEqual(new Set([block('name  n', '────  ─', 'one   1', 'two   2')]));
    expect(streamed.update(text, true)).toEqual([shown(text)]);
  });

  test('its rows are counted', () => {
    const streamed = createStreamedText();
    const counts = ['| one', '| 2', 'That'].map((upTo) => {
      streamed.update(text.slice(0, text.indexOf(upTo) + upTo.length), false);
      return streamed.rowsComing();
    });
    expect(counts).toEqual([1, 2, undefined]);
  });

  test('a sentence with pipes is held back no longer than its line', () => {
    const streamed = createStreamedText();
    expect(streamed.update('First.\nRun `a | b` now.\nThen wait for a good long while', false)[0]).toContain('a | b');
  });
});
