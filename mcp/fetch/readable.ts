import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import TurndownService from 'turndown';
import { addTableRules } from './tables.ts';

export interface ReadablePage {
  title?: string;
  markdown: string;
}

// An "article" of fewer characters is a teaser or a cookie notice: the whole body says more.
const ARTICLE_MIN = 200;

/** Turns an HTML page into Markdown: the main text where there is one, else the whole body. Links become absolute. */
export function htmlToMarkdown(html: string, url: string): ReadablePage {
  const { document } = parseHTML(/<html[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`);
  makeAbsolute(document, url);
  const body: string = document.body?.innerHTML ?? '';
  const bodyLength: number = document.body?.textContent?.trim().length ?? 0;
  const pageTitle: string = document.title?.trim() ?? '';
  const article = new Readability(document, { maxElemsToParse: 50_000 }).parse();
  const articleLength = article?.textContent?.trim().length ?? 0;
  const useArticle = article?.content && (articleLength >= ARTICLE_MIN || articleLength * 2 > bodyLength);
  const title = article?.title?.trim() || pageTitle;
  const markdown = markdownOf(useArticle ? article.content! : body);
  return title === '' ? { markdown } : { title, markdown };
}

interface LinkElement {
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
}

function makeAbsolute(document: { querySelectorAll(selector: string): Iterable<LinkElement> }, base: string): void {
  for (const attribute of ['href', 'src']) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      const url = URL.parse(element.getAttribute(attribute) ?? '', base);
      if (url && /^(?:https?|mailto):$/.test(url.protocol)) element.setAttribute(attribute, url.href);
      // A reader cannot use javascript: and data: addresses.
      else element.removeAttribute(attribute);
    }
  }
}

function markdownOf(html: string): string {
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  service.remove(['script', 'style', 'noscript', 'iframe', 'template', 'object', 'form', 'button'] as never[]);
  addTableRules(service);
  return service
    .turndown(html)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
