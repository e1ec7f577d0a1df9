import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { createSigner, createVerifier, type CallClaims } from './tokens.ts';

const key = 'k'.repeat(32);
const claims: CallClaims = {
  caller: { kind: 'terminal', id: 'ada', name: '', discordRoles: [] },
  run: 'r1',
  tool: 'read_file',
};

test('a runner reads what the worker signed for it', async () => {
  const token = await createSigner(key).sign('postgres', claims);
  expect(await createVerifier(key, 'postgres').verify(token)).toEqual(claims);
});

test.each([
  ['for another runner', () => createSigner(key).sign('storage', claims)],
  ['with another key', () => createSigner('x'.repeat(32)).sign('postgres', claims)],
  ['expired', () => foreign().setAudience('tool-runner:postgres').setExpirationTime('-1m').sign(bytes(key))],
  ['without expiry', () => foreign().setAudience('tool-runner:postgres').sign(bytes(key))],
  [
    'without claims',
    () =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('dragoman-worker')
        .setSubject('x')
        .setAudience('tool-runner:postgres')
        .setExpirationTime('1m')
        .sign(bytes(key)),
  ],
  ['unsigned', async () => `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims))}.`],
  ['that is no token', async () => 'hello'],
])('a token %s is refused', async (_name, make) => {
  await expect(createVerifier(key, 'postgres').verify(await make())).rejects.toMatchObject({ reason: 'bad-token' });
});

function foreign(): SignJWT {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('dragoman-worker')
    .setSubject('terminal:ada');
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
