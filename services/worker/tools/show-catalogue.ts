import type { Redis } from 'ioredis';
import type { PolicySource } from '#shared/rights/policy.ts';
import { publishCatalogue } from '#shared/run/catalogue.ts';
import type { Toolbox } from './toolbox.ts';

/** Shows doors all tools that some role may use. */
export async function showCatalogue(redis: Redis, toolbox: Toolbox, policy: PolicySource): Promise<void> {
  const roles = policy.current().roleNames();
  // A person in Discord may have what others cannot; who reads the catalogue asks the policy again.
  const everybody = { kind: 'discord' as const, id: 'catalogue', name: '', discordRoles: [], roles };
  const { tools, unreachable, prompts = [] } = await toolbox.offer(everybody);
  await publishCatalogue(redis, {
    at: Date.now(),
    tools: tools.map(({ name, domain, title, description, readOnly, inputSchema }) => {
      return { name, domain, title, description, readOnly, inputSchema };
    }),
    unreachable,
    prompts,
  });
}
