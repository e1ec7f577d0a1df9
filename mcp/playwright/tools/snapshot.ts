import { z } from 'zod';
import { defineTool, type AnyTool } from '#mcp/kit.ts';
import { pageOutput, showPart } from '../answer.ts';
import { atPage } from '../at-page.ts';
import { currentTab } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import { look } from '../view.ts';

const input = z.object({
  start_index: z.int().min(0).default(0).meta({ description: 'Character to start at, to read on where a call ended' }),
  max_length: z.int().min(200).max(50_000).default(10_000).meta({ description: 'Most characters to return' }),
});

/** `browser_snapshot`: the page as it is now, in parts. */
export function snapshotTool(sessions: Sessions): AnyTool {
  return defineTool({
    name: 'browser_snapshot',
    title: 'Look at the page',
    description: "The open page's accessibility tree, with references for browser_click and browser_type.",
    input,
    output: pageOutput,
    stateful: true,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    async run({ start_index: start, max_length: length }, call) {
      const session = await sessions.find(call);
      return atPage(sessions, session, call, async (turn) => {
        // Further parts come from the look that the first one was of, so that they fit together.
        if (start === 0 || session.snapshot === undefined) await look(session, currentTab(session), turn.signal);
        return showPart(turn, start, length);
      });
    },
  });
}
