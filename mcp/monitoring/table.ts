import { shown } from '#mcp/words.ts';
import type { Labels } from './series.ts';

/** A longer label says nothing more in a table. */
const MOST_LABEL = 120;
const MOST_LABELS = 30;

/** Names that need no quotes in PromQL. Prometheus 3 has others too, such as "service.name". */
const PLAIN = { metric: /^[a-zA-Z_:][\w:]*$/, label: /^[a-zA-Z_]\w*$/ };

/** Labels as a query has them: `name{a="b"}`, or `{"na.me", "la.bel"="b"}`. `{}` where there are none. */
export function labelsText(labels: Labels): string {
  const { __name__: name = '', ...others } = labels;
  const all = Object.entries(others);
  const isPlain = name === '' || PLAIN.metric.test(name);
  const pairs = [
    ...(isPlain ? [] : [quoted(name)]),
    ...all
      .slice(0, MOST_LABELS)
      .map(([key, value]) => `${PLAIN.label.test(key) ? cut(key) : quoted(key)}=${quoted(value)}`),
  ];
  if (all.length > MOST_LABELS) pairs.push(`… ${all.length - MOST_LABELS} more`);
  const inBraces = pairs.length > 0 || name === '' ? `{${pairs.join(', ')}}` : '';
  return isPlain ? `${cut(name)}${inBraces}` : inBraces;
}

/** Labels for the legend of a picture, without signs that only a query needs. */
export function legendText(labels: Labels): string {
  const { __name__: name, ...others } = labels;
  const values = Object.entries(others).map(([key, value]) => `${key}=${cut(value)}`);
  return [name, ...values].filter(Boolean).join(' ') || 'value';
}

function quoted(value: string): string {
  return shown(cut(value));
}

function cut(text: string): string {
  return text.length > MOST_LABEL ? `${text.slice(0, MOST_LABEL)}…` : text;
}

/** Rows with their heads, a line each. Signs between columns are no part of what stands in them. */
export function rowsText(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, ...rows].map((row) => row.map((cell) => cell.replaceAll(/[\n\r|]/g, ' ')).join(' | ')).join('\n');
}
