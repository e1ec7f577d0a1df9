import type { Response } from 'playwright-core';
import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolOutput } from '#mcp/kit.ts';
import { orAbort } from '#mcp/fetch/network.ts';
import { parseAddress } from '#mcp/fetch/urls.ts';
import { pageOutput, showPage, type PageOutput } from '../answer.ts';
import { atPage, type Turn } from '../at-page.ts';
import { REFUSAL_HEADER } from '../gate.ts';
import { goTo, navigationFailure, NO_ANSWER } from '../navigation-failure.ts';
import type { Sessions } from '../sessions.ts';
import { loaded } from '../settle.ts';
import type { Tab } from '../tabs.ts';

const input = z.object({ url: z.string().min(1).meta({ description: 'Full address, http:// or https://' }) });

/** `browser_navigate`: opens a page in the run's browser. */
export function navigateTool(sessions: Sessions): AnyTool {
  return defineTool({
    name: 'browser_navigate',
    title: 'Open a page in the browser',
    description:
      'Opens a public web page in a real browser and returns its snapshot with references like [ref=e12]. ' +
      'For pages that need scripts, clicks or forms; fetch is quicker for plain text.',
    input,
    output: pageOutput,
    stateful: true,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    async run({ url: text }, call) {
      const url = parseAddress(text, sessions.rules.rules);
      call.progress(`Opening ${url.host}`);
      const session = await sessions.open(call);
      return atPage(sessions, session, call, (turn) => navigate(turn, url, sessions.rules.timeoutMs));
    },
  });
}

async function navigate(turn: Turn, url: URL, timeoutMs: number): Promise<ToolOutput<PageOutput>> {
  const { session, signal } = turn;
  const tab = session.tabs.current() ?? (await orAbort(session.tabs.open(), signal));
  const response = await visit(turn, tab, url, timeoutMs / 2);
  const done = await loaded(tab.page, signal);
  if (!done) session.notes.add('The page did not finish loading in time; what is there is shown.');
  const status = response?.status() ?? 200;
  if (status >= 400) session.notes.add(`The site answered ${status}.`);
  const type = response?.headers()['content-type'] ?? '';
  if (/^(?:application\/pdf|image\/|audio\/|video\/)/i.test(type))
    session.notes.add(
      `This is ${type.split(';', 1)[0]?.slice(0, 60)}, no page: use fetch to read a PDF, browser_screenshot to see a picture.`,
    );
  return showPage(turn);
}

/** Resolves when the page's first bytes are there. Throws a ToolError that says why it cannot be opened. */
async function visit({ session, signal }: Turn, { page }: Tab, url: URL, timeoutMs: number): Promise<Response | null> {
  // What an earlier page was refused is no reason for this one.
  session.gate.takeRefusals();
  const told = (): string[] => [...session.gate.takeRefusals(), ...session.notes.take()];
  try {
    const response = await orAbort(
      goTo(() => page.goto(url.href, { waitUntil: 'commit', timeout: timeoutMs })),
      signal,
    );
    if (response?.headers()[REFUSAL_HEADER] === undefined) return response;
  } catch (error) {
    if (signal.aborted || page.isClosed()) throw error;
    const failure = navigationFailure(error, url, told());
    if (failure === undefined) throw error;
    throw new ToolError(failure);
  }
  const [why] = told();
  throw new ToolError(`${url.host} ${why === undefined ? NO_ANSWER : `could not be opened: ${why}`}`);
}
