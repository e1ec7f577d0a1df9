import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { config } from '#services/api/config.ts';
import { openOidc } from '#services/api/http/oidc.ts';
import { parsePolicy } from '#shared/rights/policy.ts';
import { startApiRig, type ApiRig } from './rig.ts';

const policy = `
version: 1
roles:
  member: { allow: [look] }
  operator: { allow: ["*"], operate: true }
members:
  everyone: []
  terminal: [operator]
  oidc_groups: { staff: [member], admins: [operator, member] }
`;

/** An identity provider, as far as a resource server sees it. */
let provider: Server;
let issuer: string;
let api: ApiRig;
const pairs = new Map<string, { privateKey: CryptoKey; publicKey: CryptoKey }>();
let ill = false;
let named: string | undefined;

beforeAll(async () => {
  pairs.set('one', await generateKeyPair('RS256'));
  provider = createServer((request, response) => {
    void (async () => {
      if (ill) return response.writeHead(500).end('');
      const body = request.url?.startsWith('/.well-known/')
        ? { issuer: named ?? issuer, jwks_uri: `${issuer}/keys` }
        : {
            keys: await Promise.all(
              [...pairs].map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid, use: 'sig' })),
            ),
          };
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  api = await startApiRig({ policy, api: { API_OIDC_ISSUER: issuer, API_OIDC_AUDIENCE: 'dragoman' } });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  provider.close();
});
beforeEach(() => {
  ill = false;
  named = undefined;
});

interface Made {
  claims?: JWTPayload;
  key?: string;
  kid?: string;
  alg?: string;
  audience?: string;
  issuer?: string;
  expires?: string | undefined;
}

async function token({
  claims = {},
  key = 'one',
  kid = key,
  alg = 'RS256',
  audience = 'dragoman',
  ...rest
}: Made = {}) {
  const { privateKey } = pairs.get(key)!;
  const made = new SignJWT({ sub: 'u-1', preferred_username: 'ada', groups: ['staff'], ...claims })
    .setProtectedHeader({ alg, kid })
    .setAudience(audience)
    .setIssuer(rest.issuer ?? issuer)
    .setIssuedAt();
  const expires = 'expires' in rest ? rest.expires : '5m';
  return (expires === undefined ? made : made.setExpirationTime(expires)).sign(privateKey);
}

function who(key: string): Promise<Response> {
  return api.send('/v1/capabilities', { key });
}

async function callerOf(key: string): Promise<unknown> {
  return ((await (await who(key)).json()) as { caller: unknown }).caller;
}

test('a person has the roles of their groups', async () => {
  expect(await callerOf(await token())).toEqual({ name: 'ada', roles: ['member'], operates: false });
  const admin = { groups: ['admins', 'staff', 'others'] };
  expect(await callerOf(await token({ claims: admin }))).toEqual({
    name: 'ada',
    roles: ['operator', 'member'],
    operates: true,
  });
  expect(await callerOf(await token({ claims: { groups: 'staff other' } }))).toMatchObject({ roles: ['member'] });
});

test.each([[['ghost']], [[]], [7], [{ staff: true }], [['__proto__', 'constructor']], [[['staff']]], [['Staff']]])(
  'the groups %j give no role, and without one nothing is asked',
  async (groups) => {
    const key = await token({ claims: { groups } });
    expect(await callerOf(key)).toMatchObject({ roles: [] });
    expect((await api.send('/chat', { key, json: { message: 'hi' } })).status).toBe(403);
  },
);

const wrong: [string, () => Promise<string> | string][] = [
  ['for another service', () => token({ audience: 'other' })],
  ['of another issuer', () => token({ issuer: 'https://evil.example' })],
  ['that is over', () => token({ expires: '-1m' })],
  ['without an end', () => token({ expires: undefined })],
  ['without a subject', () => token({ claims: { sub: undefined } as unknown as JWTPayload })],
  ['that begins later', () => token({ claims: { nbf: Math.floor(Date.now() / 1_000) + 3_600 } })],
  ['of an unknown key', () => token({ kid: 'nobody' })],
  [
    'without a signature',
    () =>
      new UnsecuredJWT({ sub: 'u-1', groups: ['admins'] })
        .setIssuer(issuer)
        .setAudience('dragoman')
        .setExpirationTime('5m')
        .encode(),
  ],
  [
    'signed with the public key as a secret',
    async () => {
      const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(pairs.get('one')!.publicKey)));
      return new SignJWT({ sub: 'u-1', groups: ['admins'] })
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .setIssuer(issuer)
        .setAudience('dragoman')
        .setExpirationTime('5m')
        .sign(secret);
    },
  ],
  [
    'with other claims',
    async () => {
      const [head, , signature] = (await token()).split('.');
      const claims = { sub: 'u-1', groups: ['admins'], iss: issuer, aud: 'dragoman', exp: 9_999_999_999 };
      return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    },
  ],
  ['cut off', async () => (await token()).slice(0, -5)],
];

test.each(wrong)('a token %s is refused with the words for all', async (_name, make) => {
  const response = await who(await make());
  expect([response.status, await response.json()]).toMatchObject([401, { error: { code: 'invalid_api_key' } }]);
});

test('a new key of the provider is found; API keys go on working, and nobody is let in without one', async () => {
  await who(await token());
  pairs.set('two', await generateKeyPair('ES256'));
  const key = await api.key({ name: 'ada' });
  expect((await who(key)).status).toBe(200);
  expect((await api.send('/v1/models')).status).toBe(401);
  await using other = await startApiRig({ policy, api: { API_OIDC_ISSUER: issuer, API_OIDC_AUDIENCE: 'dragoman' } });
  expect((await other.send('/v1/models')).status).toBe(401);
  expect((await other.send('/v1/models', { key: await token({ key: 'two', alg: 'ES256' }) })).status).toBe(200);
});

test('people are told apart by their subject, and are no API key of their name', async () => {
  const [ada, key] = [await token({ claims: { sub: 'ci' } }), await api.key({ name: 'ci' })];
  await api.rig.accept('hi', { caller: { kind: 'api', id: 'oidc:ci', name: 'ada', discordRoles: [] } });
  const runs = async (by: string) =>
    ((await (await api.send('/v1/runs', { key: by })).json()) as { data: unknown[] }).data;
  expect([(await runs(ada)).length, (await runs(key)).length]).toEqual([1, 0]);
  expect(await runs(await token({ claims: { sub: 'ci other:x\n' } }))).toEqual([]);
});

test('a provider that is away or calls itself otherwise is said, and is asked again', async () => {
  await using other = await startApiRig({ policy, api: { API_OIDC_ISSUER: issuer, API_OIDC_AUDIENCE: 'dragoman' } });
  const ask = async () => (await other.send('/v1/models', { key: await token() })).status;
  named = 'https://somebody.else';
  expect(await ask()).toBe(503);
  named = undefined;
  expect((await other.send('/v1/models', { key: await other.key() })).status).toBe(200);
  await expect.poll(ask, { timeout: 15_000 }).toBe(200);
});

test.each([
  [{ API_OIDC_ISSUER: 'https://login.example' }, /API_OIDC_AUDIENCE is not set/],
  [{ API_OIDC_AUDIENCE: 'dragoman' }, /API_OIDC_ISSUER is not set/],
  [{ API_OIDC_ISSUER: 'http://login.example', API_OIDC_AUDIENCE: 'dragoman' }, /must begin with https/],
])('%j is refused', (settings, expected) => {
  const source = { current: () => parsePolicy(policy), [Symbol.asyncDispose]: async () => undefined };
  expect(() => openOidc(config.parse({ REDIS_URL: 'redis://127.0.0.1:1', ...settings }), source)).toThrow(expected);
});

test.each([
  ['realm_access.roles', { realm_access: { roles: ['staff'] } }],
  ['https://example.org/groups', { 'https://example.org/groups': ['staff'] }],
])('the groups may be in the claim %s', async (API_OIDC_CLAIM, claims) => {
  const settings = { API_OIDC_ISSUER: issuer, API_OIDC_AUDIENCE: 'dragoman', API_OIDC_CLAIM };
  const source = { current: () => parsePolicy(policy), [Symbol.asyncDispose]: async () => undefined };
  const oidc = openOidc(config.parse({ REDIS_URL: 'redis://127.0.0.1:1', ...settings }), source);
  expect(await oidc?.caller(await token({ claims: { groups: [], ...claims } }))).toMatchObject({ roles: ['member'] });
});
