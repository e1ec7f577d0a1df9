import { argumentsHash } from '#shared/run/arguments-hash.ts';
import { UserError } from '#shared/ground/errors.ts';
import type { Caller } from '#shared/run/request.ts';
import type { Policy } from '#shared/rights/policy.ts';
import type { CallClaims, TokenVerifier } from '#shared/rights/tokens.ts';

/** What the bearer of a token may do here. Tools have their catalogue names. */
export interface Grant {
  /** Whom the calls are made for; absent for clients that call for nobody. */
  caller?: Caller | undefined;
  /** Whose calls these are; idempotency keys count within this subject. */
  subject: string;
  run: string;
  /** Whether the tool appears in the caller's list. */
  lists(tool: string): boolean;
  /** Undefined when this very call may run, otherwise the sentence that says why it may not. */
  refusal(tool: string, args: unknown): string | undefined;
}

/** Turns the Authorization header into a grant. Throws UserError for a header that grants nothing. */
export interface Authenticator {
  authenticate(authorization: string | undefined): Promise<Grant>;
}

/**
 * Accepts the tokens that workers sign for one call. Every call asks the present policy again, so that a right which
 * was taken away after the token was signed is gone. The tokens of other MCP clients are handled in `clients.ts`.
 */
export function createAuthenticator(verifier: TokenVerifier, policy: () => Policy): Authenticator {
  return {
    async authenticate(authorization) {
      const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) {
        throw new UserError('no-token', 'This tool-runner needs a token: Authorization: Bearer <token>.');
      }
      return signedGrant(await verifier.verify(token), policy);
    },
  };
}

function signedGrant(claims: CallClaims, policy: () => Policy): Grant {
  const { caller, run } = claims;
  return {
    caller,
    subject: `${caller.kind}:${caller.id}`,
    run,
    lists: (tool) => policy().permission(caller, tool) !== 'deny',
    refusal(tool, args) {
      if (claims.tool !== tool) return `This call's token is for ${describe(claims.tool)}, not for ${tool}.`;
      switch (policy().permission(caller, tool)) {
        case 'allow':
          return undefined;
        case 'approve':
          return approves(claims, args)
            ? undefined
            : `${tool} needs a human's yes to exactly these arguments, and there is none.`;
        case 'deny':
          return `${caller.name || caller.id} is not allowed to use ${tool}.`;
      }
    },
  };
}

function describe(tool: string): string {
  return tool === '*' ? 'listing tools only' : tool;
}

function approves(claims: CallClaims, args: unknown): boolean {
  if (claims.approvedArguments === undefined) return false;
  try {
    return claims.approvedArguments === argumentsHash(args);
  } catch {
    // Arguments without a canonical form (nested too deeply) cannot be those that a human has seen.
    return false;
  }
}
