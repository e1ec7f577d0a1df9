import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineTool, ToolError, type AnyTool } from '#mcp/kit.ts';
import { orAbort } from '#mcp/fetch/network.ts';
import { shown } from '#mcp/words.ts';
import { pageOutput, showPage } from '../answer.ts';
import { atPage } from '../at-page.ts';
import { currentTab } from '../session.ts';
import type { Sessions } from '../sessions.ts';

const input = z.object({
  text: z.string().min(1).max(500).optional().meta({ description: 'Wait until this text is there' }),
  text_gone: z.string().min(1).max(500).optional().meta({ description: 'Wait until this text is gone' }),
  seconds: z.number().min(0.1).max(20).default(10).meta({ description: 'At most; without a text, so long' }),
});

/** `browser_wait_for`: lets the page go on until a text comes or goes. */
export function waitForTool(sessions: Sessions): AnyTool {
  return defineTool({
    name: 'browser_wait_for',
    title: 'Wait for the page',
    description: 'Waits for a text to appear or vanish on the open page, or some seconds; returns the new snapshot.',
    input,
    output: pageOutput,
    stateful: true,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    async run({ text, text_gone: gone, seconds }, call) {
      if (text !== undefined && gone !== undefined) throw new ToolError('Give text or text_gone, not both.');
      const session = await sessions.find(call);
      return atPage(sessions, session, call, async (turn) => {
        const { page } = currentTab(session);
        const timeout = Math.min(seconds * 1000, sessions.rules.timeoutMs / 2);
        const words = text ?? gone;
        if (words === undefined) {
          await delay(timeout, undefined, { signal: turn.signal });
          return showPage(turn);
        }
        const place = page.getByText(words).first();
        const state = text === undefined ? 'hidden' : 'visible';
        const met = await orAbort(
          place.waitFor({ state, timeout }).then(
            () => true,
            (error: unknown) => {
              if (error instanceof Error && error.name === 'TimeoutError') return false;
              throw error;
            },
          ),
          turn.signal,
        );
        const still = text === undefined ? 'is still there' : 'is not there';
        if (!met) session.notes.add(`After ${timeout / 1000} s ${shown(words)} ${still}.`);
        return showPage(turn);
      });
    },
  });
}
