import { Readability } from '@mozilla/readability';
import { parsePage, xhtmlAsHtml, type DomDocument, type DomElement } from './dom.ts';
import { hintsOf, type Forward, type Hints } from './hints.ts';
import { toMarkdown } from './markdown.ts';
import { prepare } from './prepare.ts';

export interface ReadablePage {
  title?: string | undefined;
  markdown: string;
  /** Where the page sends its reader. */
  forward?: Forward | undefined;
  /** What the reader should know when the page holds little text. */
  note?: string | undefined;
}

/** An "article" of fewer characters is a teaser or a cookie notice: the whole body says more. */
const ARTICLE_MIN = 200;

/** An article that is so small a part of its page is one of many things on it. */
const ARTICLE_PART = 0.2;

/** A page with less text is looked at for where its content is. */
const THIN = 200;

/** Turns an HTML page into Markdown: the main text where there is one, else the whole body. Links become absolute. */
export function htmlToMarkdown(html: string, url: string, isXml = false): ReadablePage {
  const source =
    isXml || /^[^<]*(?:<\?xml|<!doctype html public "-\/\/w3c\/\/dtd xhtml)/i.test(html) ? xhtmlAsHtml(html) : html;
  const document = parsePage(source);
  const hints = hintsOf(document, url);
  const title = titleOf(document);
  prepare(document, url);
  const body = bodyOf(document);
  const length = lengthOf(body);
  const whole = mainLength(document);
  const article = articleOf(document);
  const useArticle = article && (article.length >= ARTICLE_MIN || article.length * 2 > length);
  const markdown =
    useArticle && article.length >= whole * ARTICLE_PART ? toMarkdown(article.content) : wholeMarkdown(source, url);
  return { ...(title === '' ? {} : { title }), markdown, ...guidance(hints, length, markdown) };
}

/** Readability takes the tree apart, so the page is read once more where its choice is not used. */
function wholeMarkdown(source: string, url: string): string {
  const document = parsePage(source);
  prepare(document, url);
  return toMarkdown(bodyOf(document));
}

function bodyOf(document: DomDocument): DomElement {
  return document.querySelector('body') ?? document.documentElement;
}

function lengthOf(element: DomElement): number {
  return (element.textContent ?? '').replace(/\s+/g, ' ').trim().length;
}

/** How much text there is besides menus and the like. */
function mainLength(document: DomDocument): number {
  const body = bodyOf(document);
  const around = Array.from(body.querySelectorAll('nav, header, footer, aside')).filter(
    (element) => !element.parentElement?.closest('nav, header, footer, aside, article, main'),
  );
  return lengthOf(body) - around.reduce((sum, element) => sum + lengthOf(element), 0);
}

const MAX_ELEMENTS = 50_000;

function articleOf(document: DomDocument): { content: DomElement; length: number } | undefined {
  if (Array.from(document.querySelectorAll('*')).length > MAX_ELEMENTS) return undefined;
  const options = { keepClasses: true, serializer: (element: unknown) => element };
  const article = new Readability(document, options as never).parse();
  const content = article?.content as unknown as DomElement | undefined;
  return content ? { content, length: lengthOf(content) } : undefined;
}

function titleOf(document: DomDocument): string {
  const og = document.querySelector('meta[property="og:title"]')?.getAttribute('content');
  const candidates = [document.querySelector('head > title, html > title, body > title')?.textContent, og];
  const title = candidates.find((candidate) => candidate?.trim());
  return (title ?? document.querySelector('h1')?.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 500);
}

/** What to do with a page that has its content elsewhere. */
function guidance(hints: Hints, length: number, markdown: string): Pick<ReadablePage, 'forward' | 'note'> {
  const forward = hints.forward ?? (length < THIN ? hints.forwardWithoutScript : undefined);
  if (length >= THIN) return { forward };
  const notes: string[] = [];
  if (hints.scriptForward) notes.push(`Its script sends the reader to ${hints.scriptForward}: fetch that.`);
  if (hints.frames.length > 0) notes.push(`It shows other pages within it: ${hints.frames.join(' , ')} . Fetch these.`);
  const asksForScript =
    /(?:enable|activate|turn on|requires?|need|without) (?:\w+ ){0,2}javascript|javascript (?:is|must be) (?:required|disabled|enabled|not)/i;
  const isShell = markdown === '' || /^(?:loading|please wait)[\s.…!]*$/i.test(markdown);
  if (notes.length === 0 && (asksForScript.test(`${markdown} ${hints.noscript}`) || (hints.needsScript && isShell)))
    notes.push(
      'It is built by JavaScript, which fetch does not run: a browser tool can read it, or look for another source.',
    );
  if (notes.length > 0 && hints.noscript !== '' && hints.frames.length === 0)
    notes.push(`To readers without JavaScript it says: "${hints.noscript.slice(0, 500)}"`);
  if (notes.length > 0 && hints.description !== '' && markdown.length < 50)
    notes.push(`It describes itself so: "${hints.description.slice(0, 500)}"`);
  const empty = markdown === '' ? 'The page has no readable text.' : '';
  const note = [empty, ...notes, markdown === '' ? 'raw=true returns its source.' : ''].filter(Boolean).join(' ');
  return { forward, ...(note === '' ? {} : { note }) };
}
