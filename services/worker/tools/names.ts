import { presentedName } from '#shared/servers/presented-name.ts';

/** Finds the tool that a model means by a name: the presented name, or the catalogue's. */
export function findTool<T extends { name: string }>(tools: readonly T[], name: string): T | undefined {
  return tools.find((tool) => tool.name === name) ?? tools.find((tool) => presentedName(tool.name) === name);
}
