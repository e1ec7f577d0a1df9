import type { DomDocument, DomElement, DomNode } from './dom.ts';

/** Line numbers beside code, and buttons within it. */
const BESIDE = '.gutter, .lineno, .linenos, .line-numbers-rows, .line-number, .lineNumber, .ln-num, .blob-num, button';
/** Editors and viewers give each line of code an element, or a row, of its own. */
const LINE = /(?:^|\s)(?:line|code-line|token-line|view-line|cm-line|CodeMirror-line|blob-code|hljs-ln-code)(?:\s|$)/;
const ROWS = 'td.blob-code, td.code-line, td.hljs-ln-code, td.line-content';

/**
 * Makes every block of code a `pre` of plain text with its lines, before anything takes its line breaks for spaces. The
 * language goes into `data-lang`.
 */
export function flattenCode(document: DomDocument): void {
  for (const table of document.querySelectorAll('table'))
    if (isCodeTable(table)) table.replaceWith(preOf(document, table));
  for (const editor of document.querySelectorAll('.cm-content, .view-lines, .CodeMirror-code'))
    editor.replaceWith(preOf(document, editor));
  for (const code of document.querySelectorAll('code'))
    if (code.querySelector('br') && !code.closest('pre')) code.replaceWith(preOf(document, code));
  for (const block of document.querySelectorAll('pre, listing, xmp, textarea')) {
    if (block.parentElement?.closest('pre')) continue;
    if (block.tagName === 'TEXTAREA' && (block.textContent ?? '').trim().length < 80) block.remove();
    else block.replaceWith(preOf(document, block));
  }
}

/** Highlighters put the lines' numbers into one cell and the code into the other, or each line into a row. */
function isCodeTable(table: DomElement): boolean {
  if (table.querySelector(ROWS)) return true;
  const numbers = table.querySelector('td.gutter, td.lineno, td.linenos, td.line-numbers, td.rouge-gutter');
  return numbers !== null && table.querySelector('pre, code') !== null;
}

function preOf(document: DomDocument, block: DomElement): DomElement {
  for (const beside of block.querySelectorAll(`${BESIDE}, td.line-numbers, td.rouge-gutter`)) beside.remove();
  const pre = document.createElement('pre');
  const language = languageOf(block);
  if (language) pre.setAttribute('data-lang', language);
  pre.appendChild(document.createTextNode(textOf(block)));
  return pre;
}

function languageOf(block: DomElement): string | undefined {
  const code = block.querySelector('code');
  const candidates = [block, code, block.parentElement, block.parentElement?.parentElement];
  for (const candidate of candidates) {
    const said = candidate?.getAttribute('data-lang') ?? candidate?.getAttribute('data-language');
    const named = /(?:^|\s)(?:language|lang|highlight-source|highlight|brush)[-:]\s*([\w+#.-]+)/.exec(
      candidate?.getAttribute('class') ?? '',
    )?.[1];
    const language = said ?? named;
    if (language && /^[\w+#.-]{1,20}$/.test(language) && language !== 'highlight') return language;
  }
  return undefined;
}

/** The text with a line break wherever a reader sees one. */
function textOf(block: DomElement): string {
  let text = '';
  let lineIsOver = false;
  const add = (part: string): void => {
    if (part === '') return;
    if (lineIsOver && !part.startsWith('\n')) text += '\n';
    lineIsOver = false;
    text += part;
  };
  const visit = (node: DomNode): void => {
    if (node.nodeType === 3) return add(node.textContent ?? '');
    if (node.nodeType !== 1) return;
    const element = node as DomElement;
    if (element.tagName === 'BR') {
      // A break at the end of a line's element ends the same line.
      text += '\n';
      lineIsOver = false;
      return;
    }
    const isLine = element !== block && (LINE.test(element.getAttribute('class') ?? '') || LINES.has(element.tagName));
    if (isLine && lineIsOver) {
      text += '\n';
      lineIsOver = false;
    }
    for (const child of Array.from(element.childNodes)) visit(child);
    if (isLine && !text.endsWith('\n')) lineIsOver = true;
    else if (isLine && element.querySelector('br') === null) lineIsOver = true;
  };
  visit(block);
  return text.replaceAll('\r\n', '\n').replace(/^\n+|\s+$/g, '');
}

const LINES = new Set(['DIV', 'P', 'LI', 'TR']);
