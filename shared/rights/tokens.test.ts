import { SignJWT, jwtVerify } from 'jose';
import { expect, test, vi } from 'vitest';
import { keyForServer } from './server-key.ts';
import { createSigner, createVerifier, type CallClaims } from './tokens.ts';

const key = 'k'.repeat(32);
const own = keyForServer(key, 'postgres');
const claims: CallClaims = {
  caller: { kind: 'terminal', id: 'ada', name: '', discordRoles: [] },
  run: 'r1',
  tool: 'read_file',
};

test('a runner reads what the worker signed for it', async () => {
  const token = await createSigner(key).sign('postgres', claims);
  expect(await createVerifier(key, 'postgres').verify(token)).toEqual(claims);
});

test('its form is that of the standard, either way', async () => {
  const token = await createSigner(key).sign('postgres', claims);
  const { payload, protectedHeader } = await jwtVerify(token, own, { audience: 'tool-runner:postgres' });
  expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
  expect(payload).toMatchObject({ ...claims, iss: 'dragoman-worker', sub: 'terminal:ada' });
  expect(payload.exp! - payload.iat!).toBe(60);
  const made = await foreign().setAudience('tool-runner:postgres').setExpirationTime('1m').sign(own);
  expect(await createVerifier(key, 'postgres').verify(made)).toEqual(claims);
});

test.each([
  ['signature', (parts: string[]) => [parts[0], parts[1], 'A'.repeat(43)]],
  ['short signature', (parts: string[]) => [parts[0], parts[1], parts[2]!.slice(0, 20)]],
  ['missing signature', (parts: string[]) => [parts[0], parts[1], '']],
  ['payload', (parts: string[]) => [parts[0], btoa(JSON.stringify({ ...claims, tool: 'write_file' })), parts[2]]],
  ['header', (parts: string[]) => [btoa('{"alg":"none","typ":"JWT"}'), parts[1], parts[2]]],
])('a token with a changed %s is refused', async (_name, change) => {
  const token = await createSigner(key).sign('postgres', claims);
  const changed = change(token.split('.')).join('.');
  await expect(createVerifier(key, 'postgres').verify(changed)).rejects.toMatchObject({ reason: 'bad-token' });
});

test('a token of ours is refused once its minute is over', async () => {
  const token = await createSigner(key).sign('postgres', claims);
  vi.useFakeTimers({ now: Date.now() + 70_000, toFake: ['Date'] });
  try {
    await expect(createVerifier(key, 'postgres').verify(token)).rejects.toMatchObject({ reason: 'bad-token' });
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ['for another runner', () => createSigner(key).sign('storage', claims)],
  [
    'with the signing key itself',
    () => foreign().setAudience('tool-runner:postgres').setExpirationTime('1m').sign(new TextEncoder().encode(key)),
  ],
  ['with another key', () => createSigner('x'.repeat(32)).sign('postgres', claims)],
  ['expired', () => foreign().setAudience('tool-runner:postgres').setExpirationTime('-1m').sign(own)],
  ['without expiry', () => foreign().setAudience('tool-runner:postgres').sign(own)],
  [
    'without claims',
    () =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('dragoman-worker')
        .setSubject('x')
        .setAudience('tool-runner:postgres')
        .setExpirationTime('1m')
        .sign(own),
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
