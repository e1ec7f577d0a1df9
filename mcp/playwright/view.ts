import { ToolError } from '#mcp/kit.ts';
import { orAbort } from '#mcp/fetch/network.ts';
import { plainText } from './plain-text.ts';
import type { Session } from './session.ts';
import { ACTED_ON, compact, masked, withTexts, type Snapshot } from './snapshot-lines.ts';
import type { Tab } from './tabs.ts';

/** Nodes of a page of which a snapshot is made; it takes about ten seconds then. */
const MOST_NODES = 300_000;
/** Text fields whose kind is asked for; further ones hide their values. */
const MOST_FIELDS = 40;
/** Elements without a text that are asked for theirs. */
const MOST_MUTE = 100;
/** A text that only says what can be acted on. */
const LONGEST_LABEL = 1_000;
const MOST_TRIES = 3;

/** The page as it is now, with references to its elements. Values of password fields are hidden. */
export async function look(session: Session, tab: Tab, signal: AbortSignal): Promise<Snapshot> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await lookOnce(session, tab, signal);
    } catch (error) {
      if (!isMoving(error)) throw error;
      if (tries >= MOST_TRIES)
        throw new ToolError('The page keeps changing. Wait with browser_wait_for, and look again.');
    }
  }
}

/** The page went elsewhere while it was looked at. */
function isMoving(error: unknown): boolean {
  return error instanceof Error && /context (?:with specified id|was destroyed)|navigat|detached/i.test(error.message);
}

async function lookOnce(session: Session, tab: Tab, signal: AbortSignal): Promise<Snapshot> {
  session.lookedAt = tab;
  const { nodes } = await orAbort(tab.session.send('Memory.getDOMCounters'), signal);
  const hasBody = async (): Promise<boolean> => (await orAbort(tab.page.locator('body,frameset').count(), signal)) > 0;
  if (nodes > MOST_NODES || !(await hasBody())) {
    const text = await plainText(tab, signal);
    if (nodes > MOST_NODES)
      session.notes.add(
        `The page has ${nodes.toLocaleString('en')} nodes, too many for references: only the beginning of its text is shown.`,
      );
    session.snapshot = { text: masked(text, new Set(), session.secrets), elements: new Map() };
    return session.snapshot;
  }
  const tree = await orAbort(tab.page.ariaSnapshot({ mode: 'ai' }), signal);
  const snapshot = compact(tree);
  const hidden = await passwordLines(tab, snapshot, signal);
  const whole = withTexts(snapshot.text, await missingTexts(tab, snapshot, signal));
  session.snapshot = { ...snapshot, text: masked(whole, hidden, session.secrets) };
  return session.snapshot;
}

/**
 * Texts that Playwright leaves out, by their lines: of editors that are no inputs, and of elements whose text is their
 * name, where it is a long one.
 */
async function missingTexts(tab: Tab, { elements }: Snapshot, signal: AbortSignal): Promise<Map<number, string>> {
  const mute = [...elements].filter(
    ([, { is, isBare }]) => isBare && (is.startsWith('textbox') || NAMED_BY_TEXT.test(is)),
  );
  const asked = mute.slice(0, MOST_MUTE);
  const texts = await Promise.all(asked.map(([ref, { role }]) => orAbort(textIn(tab, ref, role), signal)));
  return new Map(asked.flatMap(([, { line }], at) => (texts[at] === '' ? [] : [[line, texts[at]!] as const])));
}

/** Roles, without a name here, that take it from what they hold (ARIA, "Roles Supporting Name from Content"). */
const NAMED_BY_TEXT =
  /^(?:button|cell|checkbox|columnheader|gridcell|heading|link|menuitem\w*|option|radio|row|rowheader|switch|tab|tooltip|treeitem)$/;

async function textIn(tab: Tab, ref: string, role: string): Promise<string> {
  const found = tab.page.locator(`aria-ref=${ref}`).innerText({ timeout: 2_000 });
  const text = (await found.catch(() => '')).replaceAll(/\s+/g, ' ').trim().toWellFormed();
  const isLabel = ACTED_ON.test(`- ${role}`) && role !== 'textbox';
  if (!isLabel || text.length <= LONGEST_LABEL) return text;
  return `${text.slice(0, LONGEST_LABEL).toWellFormed()}… (${text.length - LONGEST_LABEL} more characters)`;
}

async function passwordLines(tab: Tab, { elements }: Snapshot, signal: AbortSignal): Promise<Set<number>> {
  const fields = [...elements].filter(([, { showsValue }]) => showsValue);
  const kinds = await Promise.all(fields.slice(0, MOST_FIELDS).map(([ref]) => orAbort(isPassword(tab, ref), signal)));
  return new Set(fields.flatMap(([, { line }], at) => (kinds[at] === false ? [] : [line])));
}

/** Whether a person would see dots in place of what is typed. What cannot be told counts as a password. */
export async function isPassword(tab: Tab, ref: string): Promise<boolean> {
  const field = tab.page.locator(`aria-ref=${ref}`);
  const type = await field.getAttribute('type', { timeout: 2_000 }).catch(() => 'password');
  return type?.trim().toLowerCase() === 'password';
}
