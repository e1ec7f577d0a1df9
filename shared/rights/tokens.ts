import type { KeyObject } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { UserError } from '#shared/ground/errors.ts';
import { clockTolerance, readOwnJwt, signJwt } from './jwt.ts';
import { callerSchema } from '#shared/run/request.ts';
import { keyForServer, ownServerKey, requireSigningKey } from './server-key.ts';

const issuer = 'dragoman-worker';
const lifetimeSeconds = 60;

/** What a worker says about a call, so that the tool-runner can check the policy once more. */
export const callClaimsSchema = z.object({
  caller: callerSchema,
  run: z.string(),
  /** The tool that may be called; `*` allows only listing. */
  tool: z.string(),
  /** sha256 of the exact arguments that a human allowed; present only for tools that need an approval. */
  approvedArguments: z.string().optional(),
});
export type CallClaims = z.infer<typeof callClaimsSchema>;

export interface TokenSigner {
  /** A token for one tool-runner (`server`), valid for a minute from `now` on (milliseconds since the epoch). */
  sign(server: string, claims: CallClaims, now?: number): Promise<string>;
}

export interface TokenVerifier {
  /** The claims of a token made for this server. Throws UserError `bad-token` for any other. */
  verify(token: string): Promise<CallClaims>;
}

/** Signs for all servers, each with its own key. Throws ConfigError when this is the key of one server. */
export function createSigner(signingKey: string): TokenSigner {
  requireSigningKey(signingKey);
  const keys = new Map<string, KeyObject>();
  const keyOf = (server: string): KeyObject => {
    const key = keys.get(server) ?? keyForServer(signingKey, server);
    keys.set(server, key);
    return key;
  };
  return {
    async sign(server, claims, now = Date.now()) {
      const iat = Math.floor(now / 1_000);
      return signJwt(keyOf(server), {
        ...claims,
        iss: issuer,
        aud: `tool-runner:${server}`,
        sub: `${claims.caller.kind}:${claims.caller.id}`,
        iat,
        exp: iat + lifetimeSeconds,
      });
    },
  };
}

/** `signingKey` is the signing key or this server's own. Throws ConfigError when it is another server's. */
export function createVerifier(signingKey: string, server: string): TokenVerifier {
  const key = ownServerKey(signingKey, server);
  const rules = {
    issuer,
    audience: `tool-runner:${server}`,
    algorithms: ['HS256'],
    requiredClaims: ['exp', 'sub'],
    clockTolerance,
  };
  return {
    async verify(token) {
      try {
        const claims = readOwnJwt(key, token, rules) ?? (await jwtVerify(token, key, rules)).payload;
        return callClaimsSchema.parse(claims);
      } catch (error) {
        const why = error instanceof errors.JOSEError ? error.code : 'claims';
        throw new UserError('bad-token', `The token was refused (${why}).`, { cause: error });
      }
    },
  };
}
