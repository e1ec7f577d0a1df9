import { orAbort } from '#mcp/fetch/network.ts';
import type { Tab } from './tabs.ts';

const MOST_CHARS = 20_000;
const MOST_MS = 3_000;

/** Runs in a world of its own, where the page's scripts have changed nothing. */
const READ = `(() => {
  const walker = document.createTreeWalker(document.body ?? document, NodeFilter.SHOW_TEXT);
  let text = '';
  for (let steps = 0; steps < 100000 && text.length < ${MOST_CHARS} && walker.nextNode(); steps += 1) {
    const parent = walker.currentNode.parentElement?.localName;
    if (parent === 'script' || parent === 'style' || parent === 'noscript') continue;
    const words = walker.currentNode.data.slice(0, 2000).replace(/\\s+/g, ' ').trim();
    if (words !== '') text += words + '\\n';
  }
  return text;
})()`;

/** The beginning of a page's text, for pages that have too many nodes for more, or are no HTML. */
export async function plainText({ session }: Tab, signal: AbortSignal): Promise<string> {
  const { frameTree } = await orAbort(session.send('Page.getFrameTree'), signal);
  const world = { frameId: frameTree.frame.id, worldName: 'reader' };
  const { executionContextId } = await orAbort(session.send('Page.createIsolatedWorld', world), signal);
  const reading = session.send('Runtime.evaluate', {
    expression: READ,
    contextId: executionContextId,
    returnByValue: true,
    timeout: MOST_MS,
  });
  const { result } = await orAbort(reading, signal);
  return typeof result.value === 'string' ? result.value.slice(0, MOST_CHARS).toWellFormed() : '';
}
