import type { Locator } from 'playwright-core';
import { z } from 'zod';
import { defineTool, type AnyTool } from '#mcp/kit.ts';
import { orAbort } from '#mcp/fetch/network.ts';
import { pageOutput, showPage } from '../answer.ts';
import { atPage } from '../at-page.ts';
import { actionFailure, elementInput, elementText, findElement, type FoundElement } from '../element.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import { settle } from '../settle.ts';
import { isPassword } from '../view.ts';
import { ACTION_MS } from './click.ts';

const input = z.object({
  ...elementInput,
  text: z.string().max(20_000).meta({ description: 'Replaces what the field holds; of a combobox, the option' }),
  submit: z.boolean().default(false).meta({ description: 'Press Enter afterwards' }),
});

/** Shorter passwords stand in many words, and hiding them everywhere would spoil the page. */
const SHORTEST_SECRET = 4;

/** `browser_type`: fills one field. */
export function typeTool(sessions: Sessions): AnyTool {
  return defineTool({
    name: 'browser_type',
    title: 'Type in the browser',
    description: 'Types into a field of the open page, or chooses an option, and returns the new snapshot.',
    input,
    output: pageOutput,
    stateful: true,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    async run({ text, submit, ...named }, call) {
      const session = await sessions.find(call);
      return atPage(sessions, session, call, async (turn) => {
        const found = await findElement(turn, named);
        await keepSecret(session, found, named.ref, text);
        const settled = settle(session, found.tab.page, turn.signal);
        settled.catch(() => undefined);
        try {
          await orAbort(fill(found, text), turn.signal);
          if (submit)
            await orAbort(found.locator.press('Enter', { timeout: ACTION_MS, noWaitAfter: true }), turn.signal);
        } catch (error) {
          throw actionFailure(error, found.is);
        }
        await settled;
        return showPage(turn, `Typed into ${elementText(found.is)}${submit ? ' and pressed Enter' : ''}.`);
      });
    },
  });
}

async function keepSecret({ secrets }: Session, { tab }: FoundElement, ref: string, text: string): Promise<void> {
  if (text.length >= SHORTEST_SECRET && (await isPassword(tab, ref))) secrets.add(text);
}

async function fill({ locator, role }: FoundElement, text: string): Promise<unknown> {
  if (role === 'combobox' && (await isSelect(locator)))
    return locator.selectOption({ label: text }, { timeout: ACTION_MS, noWaitAfter: true });
  return locator.fill(text, { timeout: ACTION_MS, noWaitAfter: true });
}

async function isSelect(locator: Locator): Promise<boolean> {
  return (await locator.and(locator.page().locator('select')).count()) > 0;
}
