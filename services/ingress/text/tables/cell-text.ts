import { readStructure } from '../structure.ts';
import { defuse, type TextRules } from '../tokens.ts';

/** A longer cell is left as it is written, and not searched for marks. */
const LONGEST_MARKED = 4_000;

/** Inline code, by the number of its backticks. One expression reads each: a cell may hold thousands of them. */
const CODES = [
  '`(?!`)(?<code>[^`]{1,1000})`(?!`)',
  '``(?!`)(?<code>(?:[^`]|`(?!`)){1,1000})``(?!`)',
  '```(?!`)(?<code>[^`]{1,1000})```(?!`)',
];
const CODE = `(?<!\`)(?:${CODES.join('|')})`;
const BREAK = '<br ?/?>';
const LINK =
  '!?\\[(?<label>(?:\\\\.|[^[\\]\\\\]){0,500})\\]\\( *<?(?<url>[^\\s<>()]*(?:\\([^\\s<>()]*\\)[^\\s<>()]*){0,20})>?(?: +"[^"]*"| +\'[^\']*\')? *\\)';
const ANGLED = '<(?<angled>[a-z][a-z0-9+.-]{1,30}:[^\\s<>]+|[^\\s<>@]{1,64}@[^\\s<>@]+)>';
const PIPE = '&#124;|&vert;';
const STRONG = '(?<![\\w*\\\\])(?<stars>\\*{1,3})(?=[^\\s*])(?<strong>.{1,1000}?)(?<=[^\\s\\\\*])\\k<stars>(?![\\w*])';
/** Underscores that mark words as emphasis, unlike those of a name such as `__init__`. */
const PROSE = '(?<!\\w)(?<lines>_{1,2})(?=[^\\s_])(?<prose>[^_]{1,500} [^_]{1,500})(?<=[^\\s_])\\k<lines>(?!\\w)';
const ESCAPED = '\\\\(?<escaped>[!-/:-@[-`{-~])';
const INLINE = new RegExp([CODE, ESCAPED, BREAK, LINK, ANGLED, PIPE, STRONG, PROSE].join('|'), 'gi');

/**
 * A cell's text for places where Markdown is not drawn: without marks of emphasis and code, links as `text (address)`.
 * Numbers, struck text and names with underscores stay as they are. `lineBreak` replaces `<br>`.
 */
export function plainCell(cell: string, lineBreak = '; '): string {
  if (cell.length > LONGEST_MARKED) return cell.replaceAll('\\|', '|');
  const text = cell.replaceAll(INLINE, (...found: unknown[]) => {
    const { code, escaped, label, url, angled, strong, prose } = found.at(-1) as Record<string, string | undefined>;
    if (code !== undefined) return codeText(code);
    if (escaped !== undefined) return escaped;
    if (url !== undefined) return plainLink(plainCell(label ?? '', lineBreak), url);
    if (angled !== undefined) return angled.replace(/^mailto:/i, '');
    if (strong !== undefined) return plainCell(strong, lineBreak);
    if (prose !== undefined) return plainCell(prose, lineBreak);
    return String(found[0]).startsWith('&') ? '|' : lineBreak;
  });
  return text.replaceAll(/[^\S\n]+/g, ' ').trim();
}

/** The text of code, as GFM reads it: one space at either end is not part of it, and a pipe inside is escaped. */
function codeText(code: string): string {
  const inner = /^ .*[^ ].* $/.test(code) ? code.slice(1, -1) : code;
  return inner.replaceAll('\\|', '|');
}

function plainLink(label: string, url: string): string {
  if (label === '' || label === url || `mailto:${label}` === url) return label || url;
  return `${label} (${url})`;
}

/** A cell's text as Markdown that stands alone, safe to show: it closes what it opens; unpaired marks are text. */
export function markedCell(cell: string, rules: TextRules): string {
  const whole = cell
    .replaceAll(/<br ?\/?>/gi, '; ')
    .replaceAll(/<([^\s<>@]{1,64}@[^\s<>@]+)>/g, '$1')
    .replaceAll(/&#124;|&vert;/gi, '\\|')
    .replaceAll(/(?<!`)(`+)(?!`)(.{1,1000}?)(?<!`)\1(?!`)/g, (code) => code.replaceAll('\\|', '|'))
    .replaceAll(/\s+/g, ' ');
  return defuse(escapeStray(whole), rules).trim();
}

/** Whether Discord would draw something that a code block shows as an id: a mention, a time, an emoji. */
export function isDrawn(cell: string): boolean {
  return /<(?:@[!&]?\d|#\d|t:-?\d|a?:\w+:\d)/.test(cell);
}

/** Escapes marks that neither open nor close anything within the text: they would pair with another cell's. */
function escapeStray(text: string): string {
  const { spans } = readStructure(text);
  const isMark = (at: number): boolean =>
    spans.some(({ start, openEnd, closeStart, end, marker }) => {
      const whole = marker === '' || marker.startsWith('`');
      return at >= start && at < end && (whole || at < openEnd || at >= closeStart);
    });
  return text.replaceAll(/<[^\s<>]+>|https?:\/\/\S+|\\.|[*_~|]+/g, (found, at: number) => {
    if (!/^[*_~|]/.test(found) || isMark(at)) return found;
    const inWord = /^_+$/.test(found) && /\w/.test(text[at - 1] ?? ' ') && /\w/.test(text[at + found.length] ?? ' ');
    return inWord ? found : found.replaceAll(/./g, '\\$&');
  });
}
