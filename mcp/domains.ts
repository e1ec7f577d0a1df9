import type { z } from 'zod';
import { stack as discord } from './discord/stack.ts';
import { stack as fetch } from './fetch/stack.ts';
import { stack as filesystem } from './filesystem/stack.ts';
import type { Domain } from './kit.ts';
import { stack as monitoring } from './monitoring/stack.ts';
import { stack as n8n } from './n8n/stack.ts';
import { stack as playwright } from './playwright/stack.ts';
import { stack as postgres } from './postgres/stack.ts';
import type { DomainStack } from './stack.ts';
import { stack as sqlite } from './sqlite/stack.ts';
import { stack as storage } from './storage/stack.ts';
import { stack as timescaledb } from './timescaledb/stack.ts';

/**
 * What each domain's `domain.ts` exports. `config` names environment variables; those marked `.meta({ secret: true })`
 * are secrets.
 */
export interface DomainModule<Config extends z.ZodObject = z.ZodObject> {
  config: Config;
  createDomain(config: z.output<Config>): Domain;
}

interface Registered {
  load(): Promise<unknown>;
  /** What the domain needs of the stack around it, if anything. */
  stack?: DomainStack;
}

/**
 * The domains that come with Dragoman, in the order in which they are shown to somebody new. A new domain is one more
 * line here.
 */
const domains = {
  postgres: { load: () => import('./postgres/domain.ts'), stack: postgres },
  storage: { load: () => import('./storage/domain.ts'), stack: storage },
  filesystem: { load: () => import('./filesystem/domain.ts'), stack: filesystem },
  fetch: { load: () => import('./fetch/domain.ts'), stack: fetch },
  playwright: { load: () => import('./playwright/domain.ts'), stack: playwright },
  discord: { load: () => import('./discord/domain.ts'), stack: discord },
  monitoring: { load: () => import('./monitoring/domain.ts'), stack: monitoring },
  n8n: { load: () => import('./n8n/domain.ts'), stack: n8n },
  sqlite: { load: () => import('./sqlite/domain.ts'), stack: sqlite },
  timescaledb: { load: () => import('./timescaledb/domain.ts'), stack: timescaledb },
} satisfies Record<string, Registered>;

export type DomainName = keyof typeof domains;

export const domainNames = Object.keys(domains) as DomainName[];

export function isDomain(name: string | undefined): name is DomainName {
  return name !== undefined && Object.hasOwn(domains, name);
}

/** What a domain needs of the stack around it. */
export function stackOf(name: DomainName): DomainStack {
  const { stack }: Registered = domains[name];
  return stack ?? {};
}

/** Loads one domain's module, so that a runner pays only for the backend it serves. */
export async function loadDomain(name: DomainName): Promise<DomainModule> {
  const loaded: unknown = await domains[name].load();
  return loaded as DomainModule;
}

/** The service that serves an entry of servers.json beside its own work; undefined where a tool-runner does. */
export function doorOf(entry: object): DomainStack['door'] {
  const { domain } = entry as { domain?: string };
  return isDomain(domain) ? stackOf(domain).door : undefined;
}

/** The variables that describe people's own backends. Only the tool-runner of their domain gets them. */
export function backendVariables(): string[] {
  return domainNames.flatMap((name) => stackOf(name).backend ?? []);
}
