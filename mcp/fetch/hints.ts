import type { DomDocument } from './dom.ts';
import { baseOf } from './prepare.ts';

/** Where a page sends its reader without being asked. */
export interface Forward {
  url: string;
  seconds: number;
}

/** What a page says about where its content is, when it holds little itself. */
export interface Hints {
  forward?: Forward | undefined;
  /** Counts only for readers without JavaScript. */
  forwardWithoutScript?: Forward | undefined;
  scriptForward?: string | undefined;
  frames: string[];
  needsScript: boolean;
  /** The words for readers without JavaScript. */
  noscript: string;
  description: string;
}

/** Reads the hints of a page before it is prepared. */
export function hintsOf(document: DomDocument, url: string): Hints {
  const base = baseOf(document, url);
  const metas = Array.from(document.querySelectorAll('meta[http-equiv]')).filter(
    (meta) => meta.getAttribute('http-equiv')?.trim().toLowerCase() === 'refresh',
  );
  const forwardOf = (inside: boolean): Forward | undefined =>
    metas
      .filter((meta) => (meta.closest('noscript') !== null) === inside)
      .map((meta) => parseRefresh(meta.getAttribute('content') ?? '', base))
      .find((forward) => forward !== undefined);
  const scripts = Array.from(document.querySelectorAll('script'), (script) => script.textContent ?? '');
  const noscript = Array.from(document.querySelectorAll('noscript'), (part) => part.textContent ?? '').join(' ');
  return {
    forward: forwardOf(false),
    forwardWithoutScript: forwardOf(true),
    scriptForward: scripts.map((script) => scriptTarget(script, base)).find(Boolean),
    frames: framesOf(document, base),
    needsScript: scripts.length > 0 || /javascript/i.test(noscript),
    noscript: noscript.replace(/\s+/g, ' ').trim(),
    description: metaContent(document, ['og:description', 'description', 'twitter:description']),
  };
}

/**
 * The value of a meta refresh or a `Refresh` header: seconds, and an address (HTML Standard, 4.2.5.3, "Refresh state").
 * Undefined without an address: the page would only load itself again.
 */
export function parseRefresh(value: string, base: string): Forward | undefined {
  const [, seconds, rest = ''] = /^\s*(\d*)[.\d]*\s*[;,\s]?\s*([^]*)$/.exec(value) ?? [];
  const target = rest.replace(/^url\s*=\s*/i, '').trim();
  const quote = target[0] === '"' || target[0] === "'" ? target[0] : undefined;
  const address = (quote ? target.slice(1).split(quote)[0] : target)?.trim();
  const url = address ? URL.parse(address, base) : null;
  return url && /^https?:$/.test(url.protocol) ? { url: url.href, seconds: Number(seconds ?? 0) } : undefined;
}

const SCRIPT_TARGETS = [
  /(?:^|[^\w.])(?:(?:window|document|self|top|parent)\.)?location(?:\.href)?\s*=\s*(["'`])([^"'`\s]{1,2000})\1/,
  /(?:^|[^\w.])(?:(?:window|document|self|top|parent)\.)?location\.(?:replace|assign)\(\s*(["'`])([^"'`\s]{1,2000})\1\s*\)/,
];

function scriptTarget(script: string, base: string): string | undefined {
  const address = SCRIPT_TARGETS.map((target) => target.exec(script.slice(0, 20_000))?.[2]).find(Boolean);
  const url = address ? URL.parse(address, base) : null;
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

function framesOf(document: DomDocument, base: string): string[] {
  const parts = document.querySelectorAll('iframe[src], frame[src], embed[src], object[data]');
  const urls = Array.from(parts, (part) =>
    URL.parse(part.getAttribute('src') ?? part.getAttribute('data') ?? '', base),
  );
  const shown = urls.filter((url) => url !== null && /^https?:$/.test(url.protocol)).map((url) => url!.href);
  return [...new Set(shown)].slice(0, 10);
}

function metaContent(document: DomDocument, names: readonly string[]): string {
  for (const name of names) {
    const meta = document.querySelector(`meta[name="${name}"], meta[property="${name}"]`);
    const content = meta?.getAttribute('content')?.replace(/\s+/g, ' ').trim();
    if (content) return content;
  }
  return '';
}
