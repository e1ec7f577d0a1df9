import { expect, test } from 'vitest';
import { approvalCard } from './approval-card.ts';
import { speak } from '../language/say.ts';

function cardOf(tool: string, args: unknown): string {
  const requested = {
    type: 'approval.requested',
    approval: '0-0',
    step: 0,
    call: 0,
    tool,
    arguments: JSON.stringify(args),
    argumentsHash: 'abc',
    kind: 'policy',
    expiresAt: 1_800_000_000_000,
  } as const;
  return approvalCard(speak('en'), 'run', '1', { requested }, false, true).content ?? '';
}

test('a post is shown with its text as it stands, and the channel that Discord names itself', () => {
  const id = '1457523995443200031';
  const card = cardOf('discord_post_message', { channel: `<#${id}>`, content: 'Hi @everyone\n```' });
  expect(card).toContain(`-# to be posted in <#${id}>`);
  expect(card).toContain('content: |-\n  Hi @everyone\n');
  expect(cardOf('discord_post_message', { channel: id, content: 'x' })).toContain(`<#${id}>`);
});

test.each([['general'], ['<#1>'], [7], ['<#1457523995443200031> or <#1457523995443200032>']])(
  'no channel is named for %s',
  (channel) => {
    expect(cardOf('discord_post_message', { channel, content: 'x' })).not.toContain('to be posted');
  },
);

test('another tool that has a channel names none', () => {
  expect(cardOf('notes__post', { channel: '1457523995443200031' })).not.toContain('to be posted');
});
