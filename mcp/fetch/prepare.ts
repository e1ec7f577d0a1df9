import { flattenCode } from './code.ts';
import { parsePage, type DomDocument, type DomElement } from './dom.ts';

/** What no reader sees, or can use. */
const UNREAD =
  'script, style, template, object, embed, applet, svg, canvas, button, input, select, datalist, dialog:not([open]), rp';

/** Brings a page into a form that keeps its sense when only text and links are left. Links become absolute. */
export function prepare(document: DomDocument, url: string): void {
  unfoldDocuments(document);
  writeFormulas(document);
  fillLazyImages(document);
  for (const box of document.querySelectorAll('li input[type=checkbox]'))
    box.replaceWith(box.hasAttribute('checked') ? '☑ ' : '☐ ');
  for (const element of document.querySelectorAll(UNREAD)) element.remove();
  for (const element of document.querySelectorAll('noscript')) element.remove();
  removeHidden(document);
  flattenCode(document);
  rename(document, 'form, fieldset, details, hgroup, search, center', 'div');
  for (const summary of document.querySelectorAll('summary, legend')) asBoldLine(document, summary);
  for (const table of document.querySelectorAll('table')) if (isLayout(table)) asBlocks(document, table);
  for (const caption of document.querySelectorAll('table > caption')) moveBefore(document, caption);
  for (const anchor of document.querySelectorAll('h1 a, h2 a, h3 a, h4 a, h5 a, h6 a'))
    if (/^[\s#¶§🔗\u200b]*$/u.test(anchor.textContent ?? '') && !anchor.querySelector('img')) anchor.remove();
  makeAbsolute(document, baseOf(document, url));
}

/** The address that relative ones are resolved against: `<base>`, itself relative to the page's (HTML Standard, 4.2.3). */
export function baseOf(document: DomDocument, url: string): string {
  const base = URL.parse(document.querySelector('base[href]')?.getAttribute('href')?.trim() ?? '', url);
  return base && /^https?:$/.test(base.protocol) ? base.href : url;
}

function makeAbsolute(document: DomDocument, base: string): void {
  for (const attribute of ['href', 'src']) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      const url = URL.parse(element.getAttribute(attribute) ?? '', base);
      if (url && /^(?:https?|mailto|tel|ftp):$/.test(url.protocol)) element.setAttribute(attribute, url.href);
      // A reader cannot use javascript: and data: addresses.
      else element.removeAttribute(attribute);
    }
  }
}

/** Content that a page carries in an attribute, or in a template that browsers show at once (declarative shadow DOM). */
function unfoldDocuments(document: DomDocument): void {
  for (const frame of document.querySelectorAll('iframe[srcdoc]')) unfold(frame, frame.getAttribute('srcdoc') ?? '');
  for (const template of document.querySelectorAll('template[shadowrootmode]')) unfold(template, template.innerHTML);

  function unfold(element: DomElement, html: string): void {
    const box = document.createElement('div');
    box.innerHTML = parsePage(html).body.innerHTML;
    element.replaceWith(box);
  }
}

/** Formulas stand in a page two or three times, for browsers of all kinds; once as TeX. */
function writeFormulas(document: DomDocument): void {
  for (const tex of document.querySelectorAll('annotation[encoding="application/x-tex"]')) {
    const whole = tex.closest('.katex-display, .katex, .mwe-math-element, mjx-container, math') ?? tex;
    whole.replaceWith(document.createTextNode(`$${(tex.textContent ?? '').trim()}$`));
  }
}

const LAZY = ['data-src', 'data-original', 'data-lazy-src', 'data-lazy', 'data-url', 'data-hi-res-src'];
const LAZY_SETS = ['srcset', 'data-srcset', 'data-lazy-srcset'];

/** Images that a script would load when they come into view. */
function fillLazyImages(document: DomDocument): void {
  for (const image of document.querySelectorAll('img')) {
    const source = image.getAttribute('src') ?? '';
    if (source !== '' && !isPlaceholder(source)) continue;
    const set = [
      image,
      ...(image.parentElement?.tagName === 'PICTURE' ? image.parentElement.querySelectorAll('source') : []),
    ]
      .flatMap((element) => LAZY_SETS.map((name) => element.getAttribute(name)))
      .find(Boolean);
    const next = image.parentElement?.querySelector('noscript img')?.getAttribute('src');
    const found = LAZY.map((name) => image.getAttribute(name)).find(Boolean) ?? lastOf(set) ?? next;
    if (found) image.setAttribute('src', found);
  }
  // Readability would put them in once more, as they are.
  for (const image of document.querySelectorAll('img'))
    for (const name of [...LAZY, ...LAZY_SETS]) image.removeAttribute(name);
}

function isPlaceholder(source: string): boolean {
  return (
    source.startsWith('data:') ||
    /(?:^|\/)(?:blank|spacer|placeholder|pixel|transparent|loading|lazy)[\w-]*\.\w+/i.test(source)
  );
}

/** The last, which is the largest by custom, of a `srcset`. */
function lastOf(set: string | null | undefined): string | undefined {
  return set?.split(/,\s+/).at(-1)?.trim().split(/\s+/)[0];
}

const HIDDEN = '[hidden]:not([hidden="until-found"]), [style*="display"], [style*="visibility"]';
const HIDING = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i;
const KEPT = new Set(['HTML', 'BODY', 'MAIN', 'ARTICLE']);

/** Removes what is hidden, unless that is nearly everything: pages hide themselves until their script has run. */
function removeHidden(document: DomDocument): void {
  const hidden = Array.from(document.querySelectorAll(HIDDEN)).filter(
    (element) =>
      !KEPT.has(element.tagName) &&
      (element.hasAttribute('hidden') || HIDING.test(element.getAttribute('style') ?? '')),
  );
  const outer = hidden.filter((element) => !hidden.some((other) => other !== element && isWithin(element, other)));
  const length = outer.reduce((sum, element) => sum + (element.textContent ?? '').trim().length, 0);
  const all = (document.body?.textContent ?? '').trim().length;
  if (all === length || (length > 200 && all - length < 50)) return;
  for (const element of outer) element.remove();
}

function isWithin(element: DomElement, other: DomElement): boolean {
  for (let at = element.parentElement; at; at = at.parentElement) if (at === other) return true;
  return false;
}

function rename(document: DomDocument, selector: string, name: string): void {
  for (const element of Array.from(document.querySelectorAll(selector)).toReversed()) renamed(document, element, name);
}

function renamed(document: DomDocument, element: DomElement, name: string): DomElement {
  const other = document.createElement(name);
  for (const key of ['id', 'class', 'dir', 'lang']) {
    const value = element.getAttribute(key);
    if (value !== null) other.setAttribute(key, value);
  }
  for (const child of Array.from(element.childNodes)) other.appendChild(child);
  element.replaceWith(other);
  return other;
}

function asBoldLine(document: DomDocument, element: DomElement): void {
  const strong = document.createElement('strong');
  for (const child of Array.from(element.childNodes)) strong.appendChild(child);
  const line = document.createElement('p');
  line.appendChild(strong);
  element.replaceWith(line);
}

/** A table that only places things, as pages did before there was another way. */
function isLayout(table: DomElement): boolean {
  const role = table.getAttribute('role');
  if (role === 'presentation' || role === 'none' || table.querySelector('table')) return true;
  // The lines of code would become one in a cell.
  if (Array.from(table.querySelectorAll('pre')).some((pre) => pre.textContent?.includes('\n'))) return true;
  if (table.querySelector('th, caption')) return false;
  const widest = Math.max(0, ...Array.from(table.querySelectorAll('tr'), (row) => row.children.length));
  return (
    widest <= 1 || table.querySelector('td h1, td h2, td h3, td p + p, td ul, td ol, td pre, td blockquote') !== null
  );
}

function asBlocks(document: DomDocument, table: DomElement): void {
  const own = Array.from(table.querySelectorAll('tr, td, th, tbody, thead, tfoot, caption')).filter(
    (part) => part.closest('table') === table,
  );
  for (const part of own.toReversed()) renamed(document, part, 'div');
  renamed(document, table, 'div');
}

function moveBefore(document: DomDocument, caption: DomElement): void {
  const table = caption.parentElement;
  const line = renamed(document, caption, 'p');
  table?.parentElement?.insertBefore(line, table);
}
