import { z } from 'zod';
import type { Locator } from 'playwright-core';
import { ToolError } from '#mcp/kit.ts';
import { shown } from '#mcp/words.ts';
import type { Turn } from './at-page.ts';
import { currentTab } from './session.ts';
import type { Tab } from './tabs.ts';
import { look } from './view.ts';

/** The arguments that name an element. People who are asked for a yes read `element`; it is held to what is there. */
export const elementInput = {
  element: z.string().min(1).max(500).meta({ description: 'What it is, as the snapshot says: button "Send"' }),
  ref: z
    .string()
    .regex(/^(?:f\d{1,6})?e\d{1,9}$/, 'must be a reference of the snapshot, such as e12')
    .meta({ description: 'Its reference in the snapshot, such as e12' }),
};

export interface FoundElement {
  tab: Tab;
  locator: Locator;
  /** Its role and name, as the snapshot says. */
  is: string;
  role: string;
}

/**
 * The element that a call means, in a fresh look at the page. Throws a ToolError when it is gone or another one: the
 * page may have changed since the model, or a person who was asked, has seen it.
 */
export async function findElement(
  turn: Turn,
  { element, ref }: { element: string; ref: string },
): Promise<FoundElement> {
  const tab = currentTab(turn.session);
  const { elements } = await look(turn.session, tab, turn.signal);
  const found = elements.get(ref);
  if (found === undefined)
    throw new ToolError(
      `There is no element ${ref} on the page now. Take a new browser_snapshot and use its references.`,
    );
  if (!means(element, found.is))
    throw new ToolError(
      `${ref} is ${elementText(found.is)}, not ${shown(element)}. Name it as the snapshot does, or take a new browser_snapshot.`,
    );
  return { tab, locator: tab.page.locator(`aria-ref=${ref}`), is: found.is, role: found.role };
}

/** Whether a model's words name this element: all of what the snapshot says, or only its role, or only its name. */
function means(words: string, is: string): boolean {
  const said = plain(words);
  const role = plain(is.split(' ', 1)[0]!);
  const name = plain(is.slice(is.indexOf(' ') + 1));
  return said === plain(is) || (is.includes(' ') ? said === name : said === role);
}

function plain(text: string): string {
  return text
    .replace(/\[ref=\w+\]/, '')
    .replaceAll(/["'“”]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Role and name of an element for a sentence, with what cannot be seen in the name made visible. */
export function elementText(is: string): string {
  const [role = '', ...name] = is.split(' ');
  if (name.length === 0) return role;
  try {
    return `${role} ${shown(String(JSON.parse(name.join(' '))))}`;
  } catch {
    return `${role} ${shown(name.join(' '))}`;
  }
}

/** Turns Playwright's failure of an action into what to do about it. */
export function actionFailure(error: unknown, is: string): unknown {
  const message = error instanceof Error ? error.message : '';
  const it = elementText(is);
  if (message.includes('intercepts pointer events'))
    return new ToolError(
      `Something lies over ${it}, such as a dialog or a banner. Take a browser_snapshot and close that first.`,
    );
  if (/element is not (?:visible|stable)|outside of the viewport/.test(message))
    return new ToolError(
      `${it} cannot be seen or does not stand still. Take a browser_snapshot and choose another element.`,
    );
  if (/not editable/.test(message)) return new ToolError(`${it} cannot be changed now. Choose another field.`);
  if (/not enabled/.test(message)) return new ToolError(`${it} is disabled now. Do first what the page wants before.`);
  if (/not an <input>|Cannot type text|not a <select>/.test(message))
    return new ToolError(`${it} takes no text of this kind. Choose a text field, or use browser_click.`);
  if (/did not find some options/.test(message))
    return new ToolError(`${it} has no such option. Its options stand in the snapshot.`);
  if (/Element is not attached|detached/.test(message))
    return new ToolError(`${it} went away. Take a new browser_snapshot.`);
  return error;
}
