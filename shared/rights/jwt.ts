import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

/** Seconds by which clocks may differ. */
export const clockTolerance = 5;

const header = encode(JSON.stringify({ alg: 'HS256', typ: 'JWT' }));

/** What a token says besides its own claims: RFC 7519, section 4.1. Times are in seconds since the epoch. */
export interface RegisteredClaims {
  iss: string;
  aud: string;
  sub: string;
  iat: number;
  exp: number;
}

/**
 * Signs a JWT with HS256 (RFC 7515, RFC 7518). This is written by hand because every tool call needs a token: jose goes
 * through WebCrypto and its thread pool, which took a tenth of all that a worker does for a run.
 */
export function signJwt(key: KeyObject, claims: RegisteredClaims & Record<string, unknown>): string {
  const signed = `${header}.${encode(JSON.stringify(claims))}`;
  return `${signed}.${signature(key, signed).toString('base64url')}`;
}

/**
 * The claims of a token that `signJwt` made with this key for this issuer and audience, while it is valid. Undefined
 * for every other token: jose decides whether and why to refuse that one.
 */
export function readOwnJwt(
  key: KeyObject,
  token: string,
  expected: { issuer: string; audience: string },
): Record<string, unknown> | undefined {
  const end = token.lastIndexOf('.');
  if (!token.startsWith(`${header}.`) || end <= header.length) return undefined;
  const signed = token.slice(0, end);
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  const right = signature(key, signed);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  // Only the holder of the key can have written this, so it is JSON.
  const claims = JSON.parse(Buffer.from(signed.slice(header.length + 1), 'base64url').toString('utf8')) as Record<
    string,
    unknown
  >;
  const { iss, aud, sub, exp, nbf } = claims;
  if (iss !== expected.issuer || aud !== expected.audience || typeof sub !== 'string' || nbf !== undefined)
    return undefined;
  return typeof exp === 'number' && exp > Date.now() / 1_000 - clockTolerance ? claims : undefined;
}

function signature(key: KeyObject, signed: string): Buffer {
  return createHmac('sha256', key).update(signed).digest();
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
