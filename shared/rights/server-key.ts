import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { ConfigError } from '#shared/ground/config.ts';

// Each MCP server's tokens have a key of their own, made of the signing key. Whoever holds the key of one server can
// neither make nor change tokens for another, nor seal the audit log.

/** How the key of one server is told from the signing key: `dgk.<server>.<43 characters>`. */
const form = /^dgk\.([^.]+)\.([\w-]{43})$/;

/** The key of one server as text: what a process gets as DRAGOMAN_SIGNING_KEY that serves nothing else. */
export function serverKeyText(signingKey: string, server: string): string {
  return `dgk.${server}.${derive(signingKey, server).toString('base64url')}`;
}

/** The key for a server's tokens, of the signing key. Throws ConfigError for the key of one server. */
export function keyForServer(signingKey: string, server: string): KeyObject {
  return createSecretKey(derive(signingKey, server));
}

/** The same for the server itself, which may have the signing key or its own. Throws ConfigError for another's. */
export function ownServerKey(key: string, server: string): KeyObject {
  const [, owner, text] = form.exec(key) ?? [];
  if (owner === undefined || text === undefined) return keyForServer(key, server);
  if (owner === server) return createSecretKey(Buffer.from(text, 'base64url'));
  throw new ConfigError([
    `DRAGOMAN_SIGNING_KEY: is the key of the server ${owner}, and this is ${server}; set the key of ${server}, or the workers' signing key`,
  ]);
}

/** Throws ConfigError for the key of one server, where all of them, or the audit log, are concerned. */
export function requireSigningKey(key: string): void {
  const [, owner] = form.exec(key) ?? [];
  if (owner === undefined) return;
  throw new ConfigError([
    `DRAGOMAN_SIGNING_KEY: is the key of the server ${owner} alone; set the signing key here, of which servers' keys are made`,
  ]);
}

/** HKDF with SHA-256 (RFC 5869). The signing key is random, so that no salt is needed. */
function derive(signingKey: string, server: string): Buffer {
  requireSigningKey(signingKey);
  return Buffer.from(hkdfSync('sha256', signingKey, '', `dragoman tool-runner:${server}`, 32));
}
