import type TurndownService from 'turndown';

interface Cell {
  nodeName: string;
  getAttribute(name: string): string | null;
}

/** Makes turndown write tables as Markdown tables; without these rules it runs the cells together. */
export function addTableRules(service: TurndownService): void {
  service.addRule('tableCell', {
    filter: ['th', 'td'],
    replacement(content, node) {
      const text = content
        .trim()
        .replace(/\s*\n\s*/g, ' ')
        .replaceAll('|', String.raw`\|`);
      return ` ${text} |${'  |'.repeat(spanOf(node) - 1)}`;
    },
  });
  service.addRule('tableRow', {
    filter: 'tr',
    replacement(content, node) {
      const row = `\n|${content}`;
      return isFirstRow(node) ? `${row}\n|${' --- |'.repeat(cellsOf(node))}` : row;
    },
  });
  service.addRule('table', { filter: 'table', replacement: (content) => `\n\n${content.trim()}\n\n` });
  service.addRule('tableSection', { filter: ['thead', 'tbody', 'tfoot'], replacement: (content) => content });
}

/** A wider cell is in no table that anybody reads. */
const MAX_SPAN = 50;

function spanOf(cell: Cell): number {
  const span = Number(cell.getAttribute('colspan'));
  return Number.isInteger(span) && span > 1 && span <= MAX_SPAN ? span : 1;
}

function cellsOf(row: unknown): number {
  const cells = Array.from((row as { childNodes: ArrayLike<Cell> }).childNodes);
  return cells.filter((cell) => /^t[hd]$/i.test(cell.nodeName)).reduce((sum, cell) => sum + spanOf(cell), 0);
}

function isFirstRow(row: unknown): boolean {
  let node = row as { previousElementSibling: unknown; parentNode: { nodeName: string } | null; nodeName: string };
  for (;;) {
    if (node.previousElementSibling && /^(?:tr|thead|tbody)$/i.test(nameOf(node.previousElementSibling))) return false;
    const parent = node.parentNode as typeof node | null;
    if (!parent || !/^(?:thead|tbody|tfoot)$/i.test(parent.nodeName)) return true;
    node = parent;
  }
}

function nameOf(node: unknown): string {
  return (node as { nodeName: string }).nodeName;
}
