import { z } from 'zod';
import { defineTool, type AnyTool } from '#mcp/kit.ts';
import { keyOf, type Sessions } from '../sessions.ts';

/** `browser_close`: ends the run's browser, with its pages and cookies. */
export function closeTool(sessions: Sessions): AnyTool {
  return defineTool({
    name: 'browser_close',
    title: 'Close the browser',
    description: 'Closes the open pages and forgets their cookies. Not needed at the end of an answer.',
    input: z.object({}),
    output: z.object({ closed: z.boolean() }),
    stateful: true,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(_, call) {
      const closed = await sessions.close(keyOf(call));
      return { data: { closed }, text: closed ? 'The browser is closed.' : 'No browser was open.' };
    },
  });
}
