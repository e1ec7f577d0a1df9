import { z } from 'zod';
import { defineTool, type AnyTool } from '#mcp/kit.ts';
import { orAbort } from '#mcp/fetch/network.ts';
import { pageOutput, showPage } from '../answer.ts';
import { atPage } from '../at-page.ts';
import { actionFailure, elementInput, elementText, findElement } from '../element.ts';
import type { Sessions } from '../sessions.ts';
import { settle } from '../settle.ts';

/** Milliseconds in which an element must let itself be clicked. */
export const ACTION_MS = 5_000;

/** `browser_click`: clicks one element. What it sets off at the site cannot be known before. */
export function clickTool(sessions: Sessions): AnyTool {
  return defineTool({
    name: 'browser_click',
    title: 'Click in the browser',
    description: 'Clicks an element of the open page and returns the new snapshot.',
    input: z.object(elementInput),
    output: pageOutput,
    stateful: true,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    async run(args, call) {
      const session = await sessions.find(call);
      return atPage(sessions, session, call, async (turn) => {
        const { tab, locator, is } = await findElement(turn, args);
        const settled = settle(session, tab.page, turn.signal);
        settled.catch(() => undefined);
        try {
          await orAbort(locator.click({ timeout: ACTION_MS, noWaitAfter: true }), turn.signal);
        } catch (error) {
          throw actionFailure(error, is);
        }
        await settled;
        return showPage(turn, `Clicked ${elementText(is)}.`);
      });
    },
  });
}
