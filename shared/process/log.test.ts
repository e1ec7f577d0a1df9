import { expect, test } from 'vitest';
import { startProgram } from '#test/lib/stack.ts';
import { hideSecret, redact, redactLine } from './log.ts';

test.each([
  ['a connection string', 'connect postgres://app:hunter22@db:5432/x', 'connect postgres://[redacted]@db:5432/x'],
  ['a bearer token', 'authorization: Bearer abcdefghijklmnop', 'authorization: Bearer [redacted]'],
  ['an API key', 'key sk-proj-1234567890', 'key [redacted]'],
  ['a key of our own', 'key dgm_0a1b2c3d_abcdefghij-KLMNOP_qrstuv', 'key [redacted]'],
  ['a login behind other signs', '-amqps+x://app:hunter22@mq/x', '-amqps+x://[redacted]@mq/x'],
  ['a signed token behind a word', 'session-eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl', 'session-[redacted]'],
  ['a signed token', 'eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl', '[redacted]'],
  ['plain text', 'rows: 12, see https://example.org/a', 'rows: 12, see https://example.org/a'],
])('%s', (_name, text, clean) => {
  expect(redact(text)).toBe(clean);
});

test.each(['a.', 'a-', 'eyJ-', 'eyJa', 'http://a:'])('a long text of %s takes no time by its square', (part) => {
  const text = part.repeat(200_000 / part.length);
  const before = performance.now();
  expect(redact(text)).toBe(text);
  expect(performance.now() - before).toBeLessThan(1_500);
});

test('a registered secret is cut out wherever it stands', () => {
  hideSecret('correct horse battery');
  expect(redact('x=correct horse battery;')).toBe('x=[redacted];');
});

test('members with secret names lose their values at any depth, and nothing else', () => {
  const line = { msg: 'x', token: 'a"b\\', deep: { er: { password: 'p', pin: 1, api_key: 12.5 } }, tokens: 3 };
  expect(JSON.parse(redactLine(JSON.stringify(line)))).toEqual({
    msg: 'x',
    token: '[redacted]',
    deep: { er: { password: '[redacted]', pin: 1, api_key: '[redacted]' } },
    tokens: 3,
  });
});

/** Members that every line has, whatever it was given. */
const always = new Set(['level', 'time', 'at', 'service', 'part', 'msg']);

test('no field of one line appears in another: within a run, in nested contexts, in runs at once, of child loggers', async () => {
  const { code, stdout, stderr } = await startProgram('shared/process/testing/log-lines.ts', []).finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const written = stdout.trim().split('\n');
  expect(written).toHaveLength(2 + 3 * 9);
  for (const line of written) {
    const entry = JSON.parse(line) as Record<string, unknown>;
    const fields = Object.fromEntries(Object.entries(entry).filter(([name]) => !always.has(name)));
    expect(fields).toEqual(JSON.parse(String(entry['msg'])));
  }
});
