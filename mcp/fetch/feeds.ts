import { DOMParser } from 'linkedom';
import { parsePage, type DomElement } from './dom.ts';
import { toMarkdown } from './markdown.ts';
import { prepare } from './prepare.ts';
import type { ReadablePage } from './readable.ts';

const MAX_ITEMS = 200;
/** What an item holds in full is at its own address. */
const MAX_ITEM_CHARS = 2_000;

/** RSS 2.0 and 1.0, and Atom, as a list of their items; undefined for any other XML. */
export function feedToMarkdown(xml: string, url: string): ReadablePage | undefined {
  const document = new DOMParser().parseFromString(xml.trimStart(), 'text/xml') as unknown as {
    documentElement?: DomElement;
  };
  const root = document.documentElement;
  const kind = root ? localName(root) : '';
  if (!root || !['rss', 'feed', 'RDF'].includes(kind)) return undefined;
  const channel = kind === 'feed' ? root : (child(root, 'channel') ?? root);
  const items = [...children(channel, 'item'), ...children(root, kind === 'feed' ? 'entry' : 'item')];
  const unique = [...new Set(items)];
  const title = plain(child(channel, 'title'));
  const about = plain(child(channel, 'description') ?? child(channel, 'subtitle'));
  const parts = [
    title === '' ? '' : `# ${title}`,
    about,
    ...unique.slice(0, MAX_ITEMS).map((item) => itemText(item, url)),
  ];
  const left = unique.length - MAX_ITEMS;
  return {
    ...(title === '' ? {} : { title }),
    markdown: parts.filter(Boolean).join('\n\n'),
    ...(left > 0 ? { note: `${left} more items of this feed were left out.` } : {}),
  };
}

function itemText(item: DomElement, url: string): string {
  const title = plain(child(item, 'title')) || 'Untitled';
  const date = plain(firstOf(item, ['pubDate', 'published', 'updated', 'date']));
  const by = plain(child(child(item, 'author') ?? item, 'name') ?? firstOf(item, ['creator', 'author']));
  const body = firstOf(item, ['encoded', 'content', 'description', 'summary']);
  const facts = [date, by, linkOf(item, url)].filter(Boolean).join(' · ');
  return [`## ${title}`, facts, body ? shortened(markdownOf(body, url)) : ''].filter(Boolean).join('\n\n');
}

function linkOf(item: DomElement, url: string): string {
  const links = children(item, 'link');
  const link = links.find((one) => (one.getAttribute('rel') ?? 'alternate') === 'alternate') ?? links[0];
  const address = link?.getAttribute('href') ?? plain(link);
  const guid = child(item, 'guid');
  const own = address || (guid?.getAttribute('isPermaLink') === 'false' ? '' : plain(guid));
  return own ? (URL.parse(own, url)?.href ?? own) : '';
}

/** The body of an item is HTML in CDATA, escaped, or as elements. */
function markdownOf(body: DomElement, url: string): string {
  const html = body.getAttribute('type') === 'xhtml' ? body.innerHTML : body.textContent;
  const document = parsePage(html ?? '');
  prepare(document, url);
  return toMarkdown(document.body);
}

function shortened(text: string): string {
  return text.length > MAX_ITEM_CHARS ? `${text.slice(0, MAX_ITEM_CHARS).toWellFormed()}…` : text;
}

/** The text of an element that may hold HTML. */
function plain(element: DomElement | undefined): string {
  const text = element?.textContent ?? '';
  const read = /[<&]/.test(text) ? (parsePage(text).body.textContent ?? '') : text;
  return read.replace(/\s+/g, ' ').trim();
}

function localName(element: DomElement): string {
  return element.nodeName.split(':').at(-1) ?? '';
}

function children(element: DomElement, name: string): DomElement[] {
  return Array.from(element.children).filter((one) => localName(one) === name);
}

function child(element: DomElement, name: string): DomElement | undefined {
  return children(element, name)[0];
}

function firstOf(element: DomElement, names: readonly string[]): DomElement | undefined {
  return names.map((name) => child(element, name)).find((found) => found !== undefined);
}
