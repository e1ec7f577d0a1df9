import { existsSync } from 'node:fs';
import { domainNames, stackOf } from '#mcp/domains.ts';

/** Lays the domains' demo data on the volumes that are mounted. What is there already stays. Resolves to what was laid. */
export async function layDemo(): Promise<string[]> {
  const demos = domainNames.flatMap((name) => stackOf(name).demo ?? []).filter(({ folder }) => existsSync(folder));
  return (await Promise.all(demos.map(({ folder, lay }) => lay(folder)))).flat();
}
