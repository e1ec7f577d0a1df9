import { existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OperatorError } from '#shared/ground/errors.ts';
import { serverKeyText } from '#shared/rights/server-key.ts';
import {
  apiKeysFile,
  apiKeysGroup,
  clientsFile,
  ingressKeyGroup,
  ownGroups,
  renewableGroups,
  secretGroups,
  tokensFile,
  tokensGroup,
  type Files,
} from './groups.ts';

export interface WriteOrder {
  /** The folder that holds one folder per group, each a mounted volume. */
  folder: string;
  /** Groups to make anew, although they exist. */
  renew: readonly string[];
  /** Secrets that people bring, by group; an empty value keeps what was given before. */
  given: Record<string, Files>;
  /** Servers behind tool-runners, whose tools LiteLLM may call. */
  servers: readonly string[];
  /** The server that the ingress serves. */
  ingressServer: string;
}

/**
 * Makes every secret that is missing and those of the groups to renew. Returns the files that changed, as group/file.
 * Throws OperatorError for an unknown group and for a volume that is not mounted.
 */
export function writeSecrets(order: WriteOrder): string[] {
  const unknown = order.renew.filter((name) => !renewableGroups.includes(name));
  if (unknown.length > 0) {
    throw new OperatorError(
      'unknown-secret',
      `No secret ${unknown.join(', ')}. There are: ${renewableGroups.join(', ')}.`,
    );
  }
  const written: string[] = [];
  const made = new Map<string, Files>();
  const keep = (group: string) => (order.renew.includes(group) ? {} : readFiles(order.folder, group));
  for (const [group, make] of Object.entries(secretGroups)) {
    // A domain that is not used has no mounted volume.
    if (group in ownGroups || existsSync(path.join(order.folder, group))) {
      const files = make(keep(group));
      made.set(group, files);
      written.push(...writeFiles(order.folder, group, files));
    }
  }
  written.push(...writeFiles(order.folder, apiKeysGroup, apiKeysFile(made.get('webui') ?? {})));
  const tokens = tokensFile(keep(tokensGroup), order.servers);
  written.push(...writeFiles(order.folder, tokensGroup, tokens));
  const signingKey = made.get('signing')?.['key'] ?? '';
  for (const server of order.servers) {
    const clients = { 'clients.json': clientsFile(tokens['tokens.env'] ?? '', server) };
    const files = { ...clients, 'signing-key': serverKeyText(signingKey, server) };
    written.push(...writeFiles(order.folder, `mcp-${server}`, files));
  }
  const ingressKey = { key: serverKeyText(signingKey, order.ingressServer) };
  written.push(...writeFiles(order.folder, ingressKeyGroup, ingressKey));
  for (const [group, files] of Object.entries(order.given)) {
    const have = readFiles(order.folder, group);
    const merged = Object.fromEntries(
      Object.entries(files).map(([name, value]) => [name, value || (have[name] ?? '')]),
    );
    written.push(...writeFiles(order.folder, group, merged));
  }
  return written;
}

/** Names of the secret files by group. */
export function listSecrets(folder: string): Record<string, string[]> {
  return Object.fromEntries(readdirSync(folder).map((group) => [group, Object.keys(readFiles(folder, group))]));
}

function readFiles(folder: string, group: string): Files {
  const root = path.join(folder, group);
  if (!existsSync(root))
    throw new OperatorError('no-volume', `${root} is not mounted; compose.yaml mounts a volume there.`);
  const names = readdirSync(root).filter((name) => statSync(path.join(root, name)).isFile());
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(root, name), 'utf8')]));
}

function writeFiles(folder: string, group: string, files: Files): string[] {
  const have = readFiles(folder, group);
  const changed = Object.entries(files).filter(([name, content]) => have[name] !== content);
  for (const [name, content] of changed) {
    const file = path.join(folder, group, name);
    // Every user of a container that mounts the volume can read the file: the mount is the border.
    writeFileSync(`${file}.new`, content, { mode: 0o444 });
    renameSync(`${file}.new`, file);
  }
  return changed.map(([name]) => `${group}/${name}`);
}
