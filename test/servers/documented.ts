import { readFileSync } from 'node:fs';

/** The entries that docs/servers.md shows, by name. */
export function documentedEntries(): Map<string, Record<string, unknown>> {
  const text = readFileSync(new URL('../../docs/servers.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```json\n([^]*?)^```/gm)].map(([, json = '']) => json);
  const lists = blocks.map((json) => (JSON.parse(json) as { mcpServers: Record<string, object> }).mcpServers);
  return new Map(lists.flatMap((list) => Object.entries(list) as [string, Record<string, unknown>][]));
}

/** How many tools of a server docs/servers.md reports; undefined when the server was not run. */
export function documentedTools(name: string): number | undefined {
  const text = readFileSync(new URL('../../docs/servers.md', import.meta.url), 'utf8');
  const row = text.split('\n').find((line) => line.startsWith(`| ${name} |`));
  const tools = row?.split('|')[3]?.trim();
  return tools ? Number(tools) : undefined;
}
