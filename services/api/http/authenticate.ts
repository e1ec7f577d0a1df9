import type { Request, RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import { readApiKey, type ApiKey } from '#shared/rights/api-keys.ts';
import type { KeysFile } from '#shared/rights/api-keys-file.ts';
import type { KnownKeys } from '#shared/rights/known-keys.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { Keyless } from '../keyless.ts';
import { setCaller, setUnconfirmed, type ApiCaller } from './caller.ts';
import { isJwt, type Oidc } from './oidc.ts';
import { ApiError, unauthorized } from './errors.ts';

export interface KeyRing {
  redis: Redis;
  policy: PolicySource;
  file: KeysFile | undefined;
  known: KnownKeys;
  /** Reads tokens of people, where an identity provider is set. */
  oidc: Oidc | undefined;
  keyless: Keyless;
  /** Host names under which this machine is asked without a key. */
  hosts: ReadonlySet<string>;
}

/** Paths whose questions are stored in a step that confirms the key, and which do nothing else before it. */
const confirmedLater = new Set(['/v1/chat/completions', '/chat']);

/** Finds out who asks. Throws ApiError 401 for everybody whose key is not valid, always with the same words. */
export function authenticate(ring: KeyRing): RequestHandler {
  return async (request, _response, next) => {
    setCaller(request, await callerBehind(ring, request));
    next();
  };
}

async function callerBehind(ring: KeyRing, request: Request): Promise<ApiCaller> {
  const given = request.headersDistinct['authorization'] ?? [];
  if (given.length === 0 && (await ring.keyless())) return local(ring, request);
  const [header] = given;
  if (given.length !== 1 || header === undefined) throw unauthorized();
  const key = /^bearer +(\S+) *$/i.exec(header)?.[1];
  if (key === undefined) throw unauthorized();
  if (ring.oidc && isJwt(key)) return ring.oidc.caller(key);
  if (key.length > 4_096) throw unauthorized();
  const ofFile = ring.file?.find(key);
  const found = ofFile ?? knownKey(ring, request, key) ?? (await readKey(ring, key));
  if (found) return keyCaller(found);
  // OpenAI's libraries always send a key, if only an invented one.
  if (await ring.keyless()) return local(ring, request);
  throw unauthorized();
}

/** A key that was read lately; the request then has to confirm it. */
function knownKey(ring: KeyRing, request: Request, key: string): ApiKey | undefined {
  if (request.method !== 'POST' || !confirmedLater.has(request.path)) return undefined;
  const found = ring.known.find(key);
  if (!found) return undefined;
  const confirm = async () => {
    ring.known.forget(key);
    if (!(await readKey(ring, key))) throw unauthorized();
  };
  setUnconfirmed(request, { id: found.key.id, text: found.text, confirm });
  return found.key;
}

async function readKey({ redis, known }: KeyRing, key: string): Promise<ApiKey | undefined> {
  const read = await readApiKey(redis, key);
  if (read) known.remember(key, read);
  return read?.key;
}

function keyCaller({ name, roles, models, budgetUsd }: ApiKey): ApiCaller {
  return {
    kind: 'api',
    id: name,
    name,
    discordRoles: [],
    roles,
    ...(models && { models }),
    ...(budgetUsd !== undefined && { budgetUsd }),
  };
}

/** What proxies say of those for whom they ask. */
const proxied = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/**
 * The person at this machine. A page from elsewhere that this person's browser shows must not be taken for them: it
 * comes with its own origin, or under a host name of its own. Neither must those behind a proxy on this machine.
 */
function local({ policy, hosts }: KeyRing, request: Request): ApiCaller {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const { origin } = request.headers;
  const foreign = origin !== undefined && origin !== `${request.protocol}://${request.headers.host ?? ''}`;
  if (!hosts.has(host) || foreign || proxied.some((name) => request.headers[name] !== undefined)) {
    throw new ApiError(403, 'Without an API key only this machine is answered, under its own name.', {
      type: 'permission_error',
      code: 'insufficient_permissions',
    });
  }
  const terminal = { kind: 'terminal' as const, id: 'local', name: 'local', discordRoles: [] };
  return { kind: 'api', id: 'local', name: 'local', discordRoles: [], roles: policy.current().roles(terminal) };
}
