import TurndownService from 'turndown';
import type { DomElement } from './dom.ts';
import { addTableRules } from './tables.ts';

/** Writes an element of a prepared page as Markdown. */
export function toMarkdown(element: DomElement): string {
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  service.remove(['iframe', 'frameset', 'video', 'audio', 'title', 'head'] as never[]);
  addTableRules(service);
  addTextRules(service);
  return service
    .turndown(element)
    .replace(/[\u00ad\u200b]/g, '')
    .replace(/^[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function addTextRules(service: TurndownService): void {
  service.addRule('code', {
    filter: 'pre',
    replacement(_content, node) {
      const text = (node.textContent ?? '').replace(/^\n+|\s+$/g, '');
      const fence = '`'.repeat(Math.max(3, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length + 1)));
      const language = (node as unknown as DomElement).getAttribute('data-lang') ?? '';
      return text === '' ? '' : `\n\n${fence}${language}\n${text}\n${fence}\n\n`;
    },
  });
  service.addRule('term', { filter: 'dt', replacement: (content) => `\n\n**${inline(content)}**\n` });
  service.addRule('description', {
    filter: 'dd',
    replacement: (content) => `\n: ${content.trim().replaceAll('\n', '\n  ')}\n`,
  });
  service.addRule('struck', {
    filter: ['del', 's', 'strike'] as never[],
    replacement: (content) => around('~~', content),
  });
  service.addRule('quote', { filter: 'q', replacement: (content) => `"${content}"` });
  service.addRule('reading', { filter: 'rt', replacement: (content) => (content.trim() ? `(${content.trim()})` : '') });
  service.addRule('raised', {
    filter: 'sup',
    replacement: (content) => (/^[\d+\u2212-]{1,6}$|^[a-z]$/i.test(content) ? `^${content}` : content),
  });
  service.addRule('link', {
    filter: (node) => node.nodeName === 'A' && node.getAttribute('href') !== null,
    replacement(content, node) {
      const href = (node as unknown as DomElement).getAttribute('href') ?? '';
      const text = inline(content.replace(/^\s*#{1,6} /gm, ''));
      return text === '' ? '' : `[${text}](${href.replace(/[()\s]/g, encodeSign)})`;
    },
  });
  service.addRule('image', {
    filter: 'img',
    replacement(_content, node) {
      const image = node as unknown as DomElement;
      const source = image.getAttribute('src') ?? '';
      const alt = inline(image.getAttribute('alt') ?? '').replace(/[[\]]/g, '');
      return source === '' ? alt : `![${alt}](${source.replace(/[()\s]/g, encodeSign)})`;
    },
  });
}

function encodeSign(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
}

function around(mark: string, content: string): string {
  return content.trim() === '' ? content : `${mark}${content.trim()}${mark}`;
}

function inline(content: string): string {
  return content.trim().replace(/\s*\n\s*/g, ' ');
}
