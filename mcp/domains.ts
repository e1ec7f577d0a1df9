import type { z } from 'zod';
import type { Domain } from './kit.ts';

/** What each domain's `domain.ts` exports. `config` names environment variables; `.meta({ secret: true })` marks secrets. */
export interface DomainModule<Config extends z.ZodObject = z.ZodObject> {
  config: Config;
  createDomain(config: z.output<Config>): Domain;
}

/** The domains that come with Dragoman. Adding one: a folder with `domain.ts`, a line here, a line in servers.json. */
const modules = {
  fetch: () => import('./fetch/domain.ts'),
  filesystem: () => import('./filesystem/domain.ts'),
  postgres: () => import('./postgres/domain.ts'),
  storage: () => import('./storage/domain.ts'),
} satisfies Record<string, () => Promise<unknown>>;

export type DomainName = keyof typeof modules;

export const domainNames = Object.keys(modules) as DomainName[];

/** Loads one domain's module, so that a runner pays only for the backend it serves. */
export async function loadDomain(name: DomainName): Promise<DomainModule> {
  const loaded: unknown = await modules[name]();
  return loaded as DomainModule;
}
