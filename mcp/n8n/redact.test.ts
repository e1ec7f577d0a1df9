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

test.each([
  ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ password: 'hunter2' }) }), 'hunter2'],
  ['several words in quotes', 'password: "correct horse battery"', 'horse'],
  ['a webhook of Discord', 'https://discord.com/api/webhooks/123456789/abcdefghij', 'abcdefghij'],
  ['a login for curl', 'curl -u app:hunter2 https://x', 'hunter2'],
])('%s is hidden', (_, text, secret) => expect(redactText(text)).not.toContain(secret));

test('a value behind its name in a list is hidden', () => {
  expect(redact(['Host', 'x', 'X-Api-Key', 'k'])).toEqual(['Host', 'x', 'X-Api-Key', '[redacted]']);
  expect(redact(['token', 'count', 'price'])).toEqual(['token', 'count', 'price']);
});

test.each([
  'a.',
  'a-',
  'eyJ-',
  'eyJa',
  'http://a:',
  '1',
  '<token>',
  ' -u a',
  'pass',
  'password ',
  '\\',
  'hooks.slack.com/',
])('a long text of %s takes no time by its square', (part) => {
  const text = part.repeat(200_000 / part.length);
  const before = performance.now();
  expect(redact({ text })).toEqual({ text });
  expect(performance.now() - before).toBeLessThan(1_500);
});
