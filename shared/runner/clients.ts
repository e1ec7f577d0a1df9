import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from '#shared/ground/config.ts';
import { UserError, errorText } from '#shared/ground/errors.ts';
import type { Policy } from '#shared/rights/policy.ts';
import { callerSchema } from '#shared/run/request.ts';
import type { Authenticator, Grant } from './auth.ts';

const clientsSchema = z.record(
  z.string().regex(/^[a-z0-9-]{1,50}$/, 'names are a-z, 0-9, -'),
  z.string().regex(/^[0-9a-f]{64}$/, 'must be the sha256 of a token, in hex'),
);

/** The form of RFC 7515: three parts in base64url. */
const signedForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Accepts the lasting tokens of other MCP clients, such as LiteLLM. `file` holds the sha256 of each token by the
 * client's name. The policy says under `api_keys` what a client may use; nothing that needs an approval, because it has
 * nobody to ask. Other tokens that have the form of a signed one go to `next`. Throws ConfigError when the file is
 * broken.
 */
export function acceptClients(file: string | undefined, policy: () => Policy, next: Authenticator): Authenticator {
  if (file === undefined) return next;
  const clients = readClients(file);
  return {
    async authenticate(authorization) {
      const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) return next.authenticate(authorization);
      // A client is found by its token's hash, not by the token's form: clients' tokens may look like anything, also
      // like a worker's. The map's keys are hashes: what the time of the lookup tells about a hash tells nothing about
      // the token.
      const client = clients.get(createHash('sha256').update(token, 'latin1').digest('hex'));
      if (client !== undefined) return clientGrant(client, policy);
      if (signedForm.test(token)) return next.authenticate(authorization);
      throw new UserError('bad-token', 'The token was refused (unknown client).');
    },
  };
}

function readClients(file: string): Map<string, string> {
  try {
    const entries = Object.entries(clientsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
    return new Map(entries.map(([name, hash]) => [hash, name]));
  } catch (error) {
    throw new ConfigError([`MCP_CLIENTS_FILE: ${file}: ${errorText(error)}`]);
  }
}

function clientGrant(client: string, policy: () => Policy): Grant {
  const caller = callerSchema.parse({ kind: 'api', id: client, name: client });
  return {
    subject: `api:${client}`,
    run: 'client',
    lists: (tool) => policy().permission(caller, tool) === 'allow',
    refusal(tool) {
      switch (policy().permission(caller, tool)) {
        case 'allow':
          return undefined;
        case 'approve':
          return `${tool} needs a human's yes, and ${client} has nobody to ask.`;
        case 'deny':
          return `${client} is not allowed to use ${tool}.`;
      }
    },
  };
}
