import { expect, test } from 'vitest';
import { redact, redactText } from './redact.ts';

test.each([
  ['a login in an address', 'see postgres://app:hunter22@db/x', 'see postgres://[redacted]@db/x'],
  ['one behind other signs', '-amqps+x://app:hunter22@mq/x', '-amqps+x://[redacted]@mq/x'],
  ['a signed token', 'eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl', '[redacted]'],
  ['one behind a word', 'session-eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl', 'session-[redacted]'],
  ['a key of a known maker', 'use ghp_0123456789abcdef', 'use [redacted]'],
  ['an address without a login', 'see https://example.org/a', 'see https://example.org/a'],
])('%s', (_, text, clean) => expect(redactText(text)).toBe(clean));

test.each(['a.', 'a-', 'eyJ-', 'eyJa', 'http://a:'])('a long text of %s takes no time by its square', (part) => {
  const text = part.repeat(200_000 / part.length);
  const before = performance.now();
  expect(redact({ text })).toEqual({ text });
  expect(performance.now() - before).toBeLessThan(1_500);
});
