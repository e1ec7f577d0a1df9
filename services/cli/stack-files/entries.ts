import { domainNames, doorOf, isDomain, loadDomain, stackOf, type DomainName } from '#mcp/domains.ts';
import type { ServerEntry } from '#shared/servers/entry.ts';
import type { ServerList } from '#shared/servers/list.ts';
import { variablesToGive } from '#shared/servers/variables.ts';
import { readFragment, type Fragment } from './fragment.ts';

/** A server, with what the stack's files need to know about it. */
export interface StackEntry {
  name: string;
  entry: ServerEntry;
  /** Variables that the entry refers to, besides the container's own. */
  references: string[];
  /** Set where a door serves it, instead of a tool-runner of its own. */
  door: 'ingress' | undefined;
  /** Absent for somebody else's server. */
  own?: OwnEntry;
}

export interface OwnEntry {
  domain: DomainName;
  fragment: Fragment;
  /** Settings of the domain that are passed on from .env. */
  settings: string[];
  gatewayName: string;
  /** True for the first entry of its domain, which brings the domain's containers. */
  first: boolean;
}

/** The servers that are enabled and sound, in the list's order. */
export async function stackEntries(root: string, { servers }: ServerList): Promise<StackEntry[]> {
  const seen = new Set<DomainName>();
  const entries: StackEntry[] = [];
  for (const [name, entry] of servers) {
    const references = variablesToGive(entry);
    const domain = 'domain' in entry ? entry.domain : undefined;
    if (domain === undefined) entries.push({ name, entry, references, door: undefined });
    if (!isDomain(domain)) continue;
    const first = !seen.has(domain);
    seen.add(domain);
    entries.push({ name, entry, references, door: doorOf(entry), own: await ownEntry(root, name, domain, first) });
  }
  return entries;
}

async function ownEntry(root: string, name: string, domain: DomainName, first: boolean): Promise<OwnEntry> {
  const fragment = readFragment(root, domain, name);
  const { config } = await loadDomain(domain);
  const decided = new Set(Object.keys(fragment.runner.environment).map((variable) => variable.replace(/_FILE$/, '')));
  return {
    domain,
    fragment,
    settings: Object.keys(config.shape).filter((variable) => !decided.has(variable)),
    gatewayName: (first && stackOf(domain).gatewayName) || name,
    first,
  };
}

/** Containers of domains that are always there, although no entry is of that domain. */
export function lastingFragments(root: string, entries: StackEntry[]): { domain: DomainName; fragment: Fragment }[] {
  const used = new Set(entries.map(({ own }) => own?.domain));
  return domainNames
    .filter((domain) => !used.has(domain))
    .map((domain) => ({ domain, fragment: readFragment(root, domain, domain) }))
    .filter(({ fragment }) => fragment.always !== undefined);
}
