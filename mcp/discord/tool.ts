import type { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext, type ToolDefinition } from '#mcp/kit.ts';
import { askerOf, type Asker } from './asker.ts';
import { openDoor, type DiscordDoor } from './door.ts';
import { asToolError } from './failures.ts';
import type { DiscordSettings } from './settings.ts';

/** What a tool of this domain works with. */
export interface Work {
  door: DiscordDoor;
  settings: DiscordSettings;
  context: ToolContext;
  /** Finds who asks; `channel`: the id that they name, if any. */
  asker: (channel?: string) => Promise<Asker>;
}

/** A tool before it knows its door. */
export interface DiscordTool<I extends z.ZodObject, O extends z.ZodObject> extends Omit<ToolDefinition<I, O>, 'run'> {
  run(args: z.output<I>, work: Work): ReturnType<ToolDefinition<I, O>['run']>;
}

export function discordTool<I extends z.ZodObject, O extends z.ZodObject>(
  definition: DiscordTool<I, O>,
  settings: DiscordSettings,
  maybe: DiscordDoor | undefined,
): AnyTool {
  return defineTool<I, O>({
    ...definition,
    async run(args, context) {
      try {
        const door = openDoor(maybe);
        const asker = (channel?: string) => askerOf(door, context, channel);
        return await definition.run(args, { door, settings, context, asker });
      } catch (error) {
        throw asToolError(error);
      }
    },
  });
}
