import { expect, test } from 'vitest';
import { readEntry, type ServerEntry } from './entry.ts';
import { fillEntry, referencedVariables } from './variables.ts';

function entry(raw: unknown): ServerEntry {
  const { entry: read, problem } = readEntry(raw);
  if (!read) throw new Error(problem);
  return read;
}

const fill = (raw: unknown, env: Record<string, string>) =>
  fillEntry(entry(raw), (name, where, otherwise) => env[name] ?? otherwise ?? `no ${name} for ${where}`);

test('variables are filled in wherever an entry may have them', () => {
  const raw = { command: '${BIN}/x', args: ['--key=${KEY}', '$HOME'], env: { A: '${KEY}!' }, cwd: '${DIR}' };
  expect(referencedVariables(entry(raw))).toEqual(['BIN', 'KEY', 'DIR']);
  expect(fill(raw, { BIN: '/bin', KEY: 'k', DIR: '/tmp' })).toMatchObject({
    command: '/bin/x',
    args: ['--key=k', '$HOME'],
    env: { A: 'k!' },
    cwd: '/tmp',
  });
  expect(fill({ url: 'https://${HOST}/mcp', headers: { 'X-Key': '${KEY}' } }, { HOST: 'h' })).toMatchObject({
    url: 'https://h/mcp',
    headers: { 'X-Key': 'no KEY for X-Key' },
  });
});

test('what stands after :- is for a variable that is not set', () => {
  const raw = { url: '${BASE:-https://example.com}/mcp' };
  expect(fill(raw, {})).toMatchObject({ url: 'https://example.com/mcp' });
  expect(fill(raw, { BASE: 'http://127.0.0.1:1' })).toMatchObject({ url: 'http://127.0.0.1:1/mcp' });
});

// mcp-remote is used like this: it fills in its headers itself, because all users could read a secret in an argument.
test("a reference in an argument to a variable of the entry's own env is left to the server", () => {
  const raw = { command: 'npx', args: ['mcp-remote', '--header', 'A: ${AUTH}'], env: { AUTH: 'Bearer ${TOKEN}' } };
  expect(referencedVariables(entry(raw))).toEqual(['TOKEN']);
  expect(fill(raw, { TOKEN: 't' })).toMatchObject({
    args: ['mcp-remote', '--header', 'A: ${AUTH}'],
    env: { AUTH: 'Bearer t' },
  });
});
