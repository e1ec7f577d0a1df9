import { expect, test } from 'vitest';
import { SignJWT } from 'jose';
import { ownServerKey, requireSigningKey, serverKeyText } from './server-key.ts';
import { createSigner, createVerifier, type CallClaims } from './tokens.ts';

const signingKey = 'k'.repeat(40);
const claims: CallClaims = {
  caller: { kind: 'terminal', id: 'ada', name: '', discordRoles: [] },
  run: 'r1',
  tool: '*',
};

test.each(['postgres', 'my-notes', 'a_b'])(
  'the server %s reads with its own key what workers sign for it',
  async (server) => {
    const text = serverKeyText(signingKey, server);
    expect(text.length).toBeGreaterThanOrEqual(32);
    const token = await createSigner(signingKey).sign(server, claims);
    expect(await createVerifier(text, server).verify(token)).toEqual(claims);
    expect(await createVerifier(signingKey, server).verify(token)).toEqual(claims);
  },
);

test('who holds the key of one server makes no token for another', async () => {
  const stolen = ownServerKey(serverKeyText(signingKey, 'discord'), 'discord');
  const forged = await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer('dragoman-worker')
    .setSubject('terminal:ada')
    .setAudience('tool-runner:postgres')
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(stolen);
  for (const key of [signingKey, serverKeyText(signingKey, 'postgres')]) {
    await expect(createVerifier(key, 'postgres').verify(forged)).rejects.toMatchObject({ reason: 'bad-token' });
  }
});

test('the key of one server is refused where another one, or all, are concerned', () => {
  const text = serverKeyText(signingKey, 'fetch');
  expect(() => createVerifier(text, 'postgres')).toThrow('is the key of the server fetch, and this is postgres');
  for (const use of [() => createSigner(text), () => requireSigningKey(text), () => serverKeyText(text, 'postgres')]) {
    expect(use).toThrow('is the key of the server fetch alone; set the signing key here');
  }
});

test('each server has another key, and so has each signing key', () => {
  const texts = ['a', 'b'].flatMap((server) => [signingKey, 'x'.repeat(40)].map((key) => serverKeyText(key, server)));
  expect(new Set(texts.map((text) => text.split('.').at(-1))).size).toBe(4);
});
