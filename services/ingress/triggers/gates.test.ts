import { expect, test } from 'vitest';
import type { IncomingMessage } from '../discord/incoming.ts';
import { plainShown } from '../discord/shown.ts';
import { judge, type GateConfig } from './gates.ts';
import { createLoopGuard } from './loop-guard.ts';

const bot = '900';

const open: GateConfig = {
  DISCORD_GUILDS_ALLOW: [],
  DISCORD_CHANNELS_ALLOW: [],
  DISCORD_CHANNELS_DENY: [],
  DISCORD_PEOPLE_ALLOW: [],
  DISCORD_PEOPLE_DENY: [],
  DISCORD_BOTS_ALLOW: [],
  DISCORD_DM: true,
};

function message(fields: Partial<IncomingMessage> = {}): IncomingMessage {
  return {
    id: '1',
    channel: '10',
    guild: '100',
    kind: 'channel',
    ordinary: true,
    author: { id: '5', name: 'Ada', bot: false, system: false },
    webhook: false,
    memberKnown: true,
    roles: [{ id: '50', name: 'member' }],
    shown: plainShown('hi'),
    mentionsBot: true,
    mentionsBotRole: false,
    addressesOthers: false,
    takesPart: false,
    edited: false,
    at: 0,
    ...fields,
  };
}

const other = { id: '6', name: 'Other', bot: true, system: false };

test.each<[string, Partial<IncomingMessage>, Partial<GateConfig>, string]>([
  ['our own message', { author: { ...other, id: bot } }, {}, 'own-message'],
  ['a webhook with the name of an admin', { webhook: true }, {}, 'not-a-person'],
  ['a system message', { author: { ...other, bot: false, system: true } }, {}, 'not-a-person'],
  ['another bot', { author: other }, {}, 'not-a-person'],
  ['a pin', { ordinary: false }, {}, 'not-ordinary'],
  ['talk among people', { mentionsBot: false }, {}, 'not-addressed'],
  ['another server', {}, { DISCORD_GUILDS_ALLOW: ['101'] }, 'server-not-allowed'],
  ['a denied channel', {}, { DISCORD_CHANNELS_DENY: ['10'] }, 'channel-denied'],
  [
    'a thread of a denied channel',
    { channel: '11', parent: '10', kind: 'thread' },
    { DISCORD_CHANNELS_DENY: ['10'] },
    'channel-denied',
  ],
  ['a channel that is not listed', {}, { DISCORD_CHANNELS_ALLOW: ['12'] }, 'channel-not-allowed'],
  ['a denied person', {}, { DISCORD_PEOPLE_DENY: ['5'] }, 'person-denied'],
  ['a denied role', {}, { DISCORD_PEOPLE_DENY: ['50'] }, 'person-denied'],
  ['a person that is not listed', {}, { DISCORD_PEOPLE_ALLOW: ['7'] }, 'person-not-allowed'],
  ['a direct message when they are off', { kind: 'dm' }, { DISCORD_DM: false }, 'dm-off'],
])('%s is kept out', (_, fields, config, gate) => {
  const verdict = judge(message(fields), bot, { ...open, ...config });
  expect(verdict).toMatchObject({ pass: false, gate });
});

test.each<[string, Partial<IncomingMessage>, Partial<GateConfig>, string]>([
  ['a mention', {}, {}, 'mention'],
  ['a mention of its role', { mentionsBot: false, mentionsBotRole: true }, {}, 'role mention'],
  ['a reply', { mentionsBot: false, replyTo: { message: '2', author: bot } }, {}, 'reply'],
  [
    'a direct message',
    { kind: 'dm', mentionsBot: false },
    { DISCORD_GUILDS_ALLOW: ['101'], DISCORD_CHANNELS_ALLOW: ['12'] },
    'direct message',
  ],
  ['a thread it takes part in', { kind: 'thread', takesPart: true, mentionsBot: false }, {}, 'thread'],
  ['a listed role', {}, { DISCORD_PEOPLE_ALLOW: ['50'] }, 'mention'],
  ['a thread of a listed channel', { channel: '11', parent: '10' }, { DISCORD_CHANNELS_ALLOW: ['10'] }, 'mention'],
  ['a listed bot', { author: other }, { DISCORD_BOTS_ALLOW: ['6'] }, 'mention'],
])('%s passes', (_, fields, config, trigger) => {
  expect(judge(message(fields), bot, { ...open, ...config })).toEqual({ pass: true, trigger });
});

test('two bots that answer each other are paused after twenty messages', () => {
  const guard = createLoopGuard();
  const admitted = Array.from({ length: 30 }, (_, index) => guard.admit('10', '6', index * 1_000));
  expect(admitted.filter(Boolean)).toHaveLength(20);
  expect(guard.admit('11', '6', 30_000)).toBe(true);
  expect(guard.admit('10', '6', 200_000)).toBe(true);
});
