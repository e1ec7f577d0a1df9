import { existsSync } from 'node:fs';
import { domainNames, stackOf } from '#mcp/domains.ts';

/** Copies the domains' demo data onto the mounted volumes. What is there already stays. Resolves to what was copied. */
export async function layDemo(): Promise<string[]> {
  const demos = domainNames.flatMap((name) => stackOf(name).demo ?? []).filter(({ folder }) => existsSync(folder));
  return (await Promise.all(demos.map(({ folder, lay }) => lay(folder)))).flat();
}
