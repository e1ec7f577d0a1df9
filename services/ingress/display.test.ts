import { expect, test } from 'vitest';
import { displayOf, displayOverrides } from './display.ts';

const defaults = { DISCORD_STYLE: 'plain', DISCORD_PROGRESS: 'new', DISCORD_FOOTER: 'short' } as const;

test('a channel’s own looks win over its parent’s, and these over the default', () => {
  const overrides = displayOverrides.parse('1=embeds/all/verbose, 2=/off');
  const config = { ...defaults, DISCORD_CHANNEL_DISPLAY: overrides };
  expect(displayOf(config, '3')).toEqual({ style: 'plain', progress: 'new', footer: 'short' });
  expect(displayOf(config, '2', '1')).toEqual({ style: 'embeds', progress: 'off', footer: 'verbose' });
});

test.each(['x=embeds', '1=shiny', '1', '1=plain/off/off/off'])('%s is refused with what it should be', (text) => {
  const parsed = displayOverrides.safeParse(text);
  expect(parsed.error?.issues[0]?.message).toContain('is not channel=style/progress/footer');
});
