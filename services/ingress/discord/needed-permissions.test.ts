import { expect, test } from 'vitest';
import { inviteLink } from '#shared/ground/discord-invite.ts';
import { neededPermissions } from './needed-permissions.ts';

test('the link that invites the bot asks for all that it needs, and for nothing else', () => {
  const asked = BigInt(new URL(inviteLink('1')).searchParams.get('permissions') ?? '0');
  expect(asked).toBe(neededPermissions.reduce((bits, { bit }) => bits | bit, 0n));
});
