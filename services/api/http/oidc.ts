import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import { ConfigError } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { ApiConfig } from '../config.ts';
import type { ApiCaller } from './caller.ts';
import { ApiError, unauthorized } from './errors.ts';

const log = createLogger('oidc');

/** Reads the tokens that an identity provider gives to people (OpenID Connect). */
export interface Oidc {
  /**
   * The person of a token, with the roles that the policy gives to their groups. Throws ApiError: 401 for every token
   * that is not valid here, 503 when the provider's keys cannot be read.
   */
  caller(token: string): Promise<ApiCaller>;
}

/** Signatures that only the provider can make. With a shared secret, or none, anybody could. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** What jose says when it could not read the provider's keys, which says nothing of the token. */
const unread = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);
const clockToleranceSeconds = 5;
const timeoutMs = 5_000;
/** Milliseconds before a provider that did not answer is asked again. */
const againMs = 5_000;

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });
type Keys = ReturnType<typeof createRemoteJWKSet>;

/** Undefined where no provider is set. Throws ConfigError for half a setting, and for one without TLS. */
export function openOidc(
  { API_OIDC_ISSUER: issuer, API_OIDC_AUDIENCE: audience, API_OIDC_CLAIM: claim }: ApiConfig,
  policy: PolicySource,
): Oidc | undefined {
  if (issuer === undefined && audience === undefined) return undefined;
  if (issuer === undefined) throw new ConfigError(['API_OIDC_ISSUER is not set, and API_OIDC_AUDIENCE is. Set both.']);
  if (audience === undefined) {
    throw new ConfigError(['API_OIDC_AUDIENCE is not set: without it, tokens for other services would be taken.']);
  }
  if (!isSafe(issuer)) throw new ConfigError([`API_OIDC_ISSUER ${issuer}: must begin with https://.`]);
  const keys = keysOf(issuer);
  return {
    async caller(token) {
      const found = await keys();
      try {
        const rules = {
          issuer,
          audience,
          algorithms,
          requiredClaims: ['exp', 'sub'],
          clockTolerance: clockToleranceSeconds,
        };
        const { payload } = await jwtVerify(token, found, rules);
        return personOf(payload, policy.current().rolesOfGroups(groupsIn(payload, claim)));
      } catch (error) {
        // What jose says of a token names no part of it.
        if (!(error instanceof errors.JOSEError) || unread.has(error.code)) throw away(issuer, error);
        log.info({ code: error.code }, 'a token of the identity provider was refused');
        throw unauthorized();
      }
    },
  };
}

export function isJwt(key: string): boolean {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(key);
}

function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

/** The provider's keys, found once and then kept by jose, which reads them anew when a token names one it lacks. */
function keysOf(issuer: string): () => Promise<Keys> {
  let found: Promise<Keys> | undefined;
  let failedAt = -Infinity;
  return async () => {
    if (found === undefined && performance.now() - failedAt < againMs) throw away(issuer, 'it did not answer just now');
    found ??= discover(issuer);
    try {
      return await found;
    } catch (error) {
      found = undefined;
      failedAt = performance.now();
      throw away(issuer, error);
    }
  };
}

/** OpenID Connect Discovery 1.0, section 4: the document must name the very issuer that was asked. */
async function discover(issuer: string): Promise<Keys> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`its configuration answers ${response.status}`);
  const said = discovery.parse(await response.json());
  if (said.issuer !== issuer) throw new Error(`it calls itself ${said.issuer}`);
  if (!isSafe(said.jwks_uri)) throw new Error('its keys are not behind https');
  return createRemoteJWKSet(new URL(said.jwks_uri), { timeoutDuration: timeoutMs });
}

function away(issuer: string, error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  log.error({ issuer, error: errorText(error) }, 'the identity provider cannot be used');
  return new ApiError(503, 'The identity provider does not answer at the moment. Try again, or use an API key.', {
    code: 'identity_provider_away',
    headers: { 'retry-after': '5' },
  });
}

/** A claim may be a list or a text of names with spaces between them; dots lead into objects: `realm_access.roles`. */
function groupsIn(payload: JWTPayload, claim: string): string[] {
  const own: unknown = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
  const value = own ?? claim.split('.').reduce<unknown>((at, name) => memberOf(at, name), payload);
  if (typeof value === 'string') return value.split(' ').filter((name) => name !== '');
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function personOf({ sub = '', preferred_username: username, email, name }: JWTPayload, roles: string[]): ApiCaller {
  const plain = /^[\w.@-]{1,100}$/.test(sub) ? sub : createHash('sha256').update(sub).digest('hex').slice(0, 32);
  const [shown = plain] = [username, email, name].flatMap((each) => (typeof each === 'string' && each ? [each] : []));
  // No API key's name has a colon, so that nobody is taken for one.
  return { kind: 'api', id: `oidc:${plain}`, name: shown.slice(0, 100), discordRoles: [], roles };
}
