import { presentedName } from '#shared/servers/presented-name.ts';

/** The tool that a model means by a name: as it was presented, or as it stands in the catalogue. */
export function findTool<T extends { name: string }>(tools: readonly T[], name: string): T | undefined {
  return tools.find((tool) => tool.name === name) ?? tools.find((tool) => presentedName(tool.name) === name);
}
