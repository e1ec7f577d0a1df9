import { readFileSync } from 'node:fs';
import { parse } from 'jsonc-parser';
import { expect, test } from 'vitest';
import { insertProperty, removeProperty } from './edit-text.ts';

const memory = { command: 'npx', args: ['-y', 'memory'] };
const list = ['mcpServers'];

const commented = `{
  // of the editor
  "theme": "dark",
  "mcpServers": {
    "one": { "command": "one" }, // the first
    /* the second */
    "two": {
      "command": "two"
    } // no comma here
  },
  "last": [1,2,   3]
}
`;

test('an entry is put after the others, and nothing else is touched', () => {
  expect(insertProperty(commented, list, 'memory', memory)).toBe(`{
  // of the editor
  "theme": "dark",
  "mcpServers": {
    "one": { "command": "one" }, // the first
    /* the second */
    "two": {
      "command": "two"
    }, // no comma here
    "memory": { "command": "npx", "args": ["-y", "memory"] }
  },
  "last": [1,2,   3]
}
`);
});

test.each(['one', 'two'])('the entry %s is taken out with the comment behind it, and nothing else', (name) => {
  const left = removeProperty(commented, [...list, name]);
  const gone =
    name === 'one' ? '    "one": { "command": "one" }, // the first\n' : /,( \/\/ the first[^]*?)    "two"[^]*? here\n/;
  expect(left).toBe(commented.replace(gone, name === 'one' ? '' : '$1'));
  expect(parse(left)).toMatchObject({ theme: 'dark', last: [1, 2, 3] });
});

test.each([
  ['an empty list', '{\n  "mcpServers": {}\n}\n'],
  ['an empty list over two lines', '{\n    "mcpServers": {\n    }\n}\n'],
  ['one line', '{"mcpServers":{"one":{"command":"one"}}}'],
  ['a comma at the end', '{\n\t"mcpServers": {\n\t\t"one": { "command": "one" },\n\t},\n}\n'],
  ['other ends of lines', '{\r\n  "mcpServers": {\r\n    "one": { "command": "one" }\r\n  }\r\n}\r\n'],
  ['a byte order mark', '\uFEFF{\n  "mcpServers": {\n    "one": { "command": "one" }\n  }\n}\n'],
])('%s: what is put in and taken out again leaves the list as it was', (_, text) => {
  const more = insertProperty(text, list, 'memory', memory);
  const json = (written: string) => parse(written.replace('\uFEFF', ''), [], { allowTrailingComma: true }) as object;
  expect(json(more)).toMatchObject({ mcpServers: { memory } });
  const back = removeProperty(more, [...list, 'memory']);
  expect(json(back)).toEqual(json(text));
  if (text.includes('"one"')) expect(back).toBe(text);
  expect(more.includes('\r\n') && /[^\r]\n/.test(more)).toBe(false);
});

test('a long entry has lines of its own, as the formatter writes them', () => {
  const long = { command: 'npx', args: ['-y', 'a'.repeat(60)], env: { NAME: 'b'.repeat(60) } };
  expect(insertProperty('{\n  "mcpServers": {}\n}\n', list, 'long', long)).toBe(`{
  "mcpServers": {
    "long": {
      "command": "npx",
      "args": ["-y", "${'a'.repeat(60)}"],
      "env": { "NAME": "${'b'.repeat(60)}" }
    }
  }
}
`);
});

test('a property of an entry on one line stays on it', () => {
  const text = '{ "mcpServers": { "one": { "command": "one" } } }';
  const off = insertProperty(text, [...list, 'one'], 'disabled', true);
  expect(off).toBe('{ "mcpServers": { "one": { "command": "one", "disabled": true } } }');
  expect(removeProperty(off, [...list, 'one', 'disabled'])).toBe(text);
});

test('the list that comes with us is the same after each of its entries was taken out and put back', () => {
  const text = readFileSync(new URL('../../../mcp/servers.json', import.meta.url), 'utf8');
  const { mcpServers } = JSON.parse(text) as { mcpServers: Record<string, unknown> };
  let now = text;
  for (const [name, entry] of Object.entries(mcpServers))
    now = insertProperty(removeProperty(now, [...list, name]), list, name, entry);
  expect(now).toBe(text);
});
