/** An element of a snapshot that can be named in a call. */
export interface SnapshotElement {
  /** Its role and name as the snapshot shows them, such as `button "Send"`. */
  is: string;
  role: string;
  /** It shows a value that may be a password. */
  showsValue: boolean;
  /** Nothing stands behind its name, nor below it. */
  isBare: boolean;
  /** Where it stands, counted from 0. */
  line: number;
}

export interface Snapshot {
  /** The accessibility tree as indented lines. */
  text: string;
  elements: ReadonlyMap<string, SnapshotElement>;
}

const LONGEST_URL = 300;

/**
 * Makes a snapshot of Playwright's accessibility tree (`ariaSnapshot`, mode `ai`) shorter: without wrappers that say
 * nothing, without what only concerns a mouse, and with long addresses cut. Texts stay whole: a snapshot is read in parts.
 */
export function compact(tree: string): Snapshot {
  const elements = new Map<string, SnapshotElement>();
  const lines: string[] = [];
  /** Indents at which wrappers were left out; what is inside moves to the left. */
  const dropped: number[] = [];
  for (const line of tree.split('\n')) {
    const indent = line.length - line.trimStart().length;
    while (dropped.length > 0 && dropped.at(-1)! >= indent) dropped.pop();
    const whole = line.trimStart();
    if (whole === '') continue;
    noteElement(whole, lines.length, elements);
    const content = withoutIdleRef(whole);
    if (/^- generic:?$/.test(content)) {
      if (content.endsWith(':')) dropped.push(indent);
      continue;
    }
    lines.push(`${' '.repeat(indent - 2 * dropped.length)}${shortened(content)}`);
  }
  return { text: lines.join('\n'), elements };
}

const ELEMENT = /^- (?:'|")?([a-z]+(?: "(?:[^"\\]|\\.)*")?)(.*)$/;

function noteElement(content: string, line: number, elements: Map<string, SnapshotElement>): void {
  const [, is = '', rest = ''] = ELEMENT.exec(content) ?? [];
  const ref = /^[^"]*?\[ref=((?:f\d+)?e\d+)\]/.exec(rest)?.[1];
  if (ref === undefined) return;
  const role = is.split(' ', 1)[0]!;
  const showsValue = role === 'textbox' && /\]['"]?:\s*\S/.test(rest);
  elements.set(ref, { is, role, showsValue, isBare: !/:\s*\S|:$/.test(rest), line });
}

/** What a person would act on; other elements need a reference only where the mouse shows that they can be clicked. */
export const ACTED_ON =
  /^- ['"]?(?:button|link|textbox|searchbox|combobox|listbox|option|checkbox|radio|switch|slider|spinbutton|tab|menuitem\w*|treeitem|iframe)\b/;

function withoutIdleRef(line: string): string {
  const shown = line.replace(' [active]', '');
  if (shown.includes(' [cursor=pointer]')) return shown.replace(' [cursor=pointer]', '');
  return ACTED_ON.test(shown) ? shown : shown.replace(/ \[ref=(?:f\d+)?e\d+\]/, '');
}

function shortened(content: string): string {
  if (content.startsWith('- /url: ')) {
    if (content.startsWith('- /url: data:')) return '- /url: data:…';
    return content.length > LONGEST_URL ? `${content.slice(0, LONGEST_URL).toWellFormed()}…` : content;
  }
  return content;
}

/** The text with further texts behind some of its lines. */
export function withTexts(text: string, texts: ReadonlyMap<number, string>): string {
  if (texts.size === 0) return text;
  return text
    .split('\n')
    .map((line, at) => (texts.has(at) ? `${line}: ${texts.get(at)}` : line))
    .join('\n');
}

/** The text with the values of some lines hidden, and some values wherever they stand. */
export function masked(text: string, lines: ReadonlySet<number>, secrets: ReadonlySet<string>): string {
  const hidden = text
    .split('\n')
    .map((line, at) => (lines.has(at) ? line.replace(/(\](?: \[\w+\])*['"]?:).*$/, '$1 ••••') : line))
    .join('\n');
  return [...secrets].reduce((shown, secret) => shown.replaceAll(secret, '••••'), hidden);
}

/** The part of a text that begins at `start` and ends with a whole line, where one fits. */
export function partOf(text: string, start: number, length: number): { part: string; end: number } {
  if (start + length >= text.length) return { part: text.slice(start), end: text.length };
  const cut = text.lastIndexOf('\n', start + length);
  const end = cut > start ? cut + 1 : start + length;
  return { part: text.slice(start, end).toWellFormed(), end };
}
