/** Signs that files put between cells. */
const DELIMITERS = [',', ';', '\t', '|'];
/** Lines that show which of them it is. */
const LOOKED_AT = 20;

/** The rows of a text in the format of RFC 4180, whichever sign stands between cells. Blank lines are left out. */
export function readCsv(text: string, delimiter = delimiterOf(text)): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  // Excel writes the sign in a first line of its own.
  const told = /^sep=.\r?\n/i.exec(text.slice(at, at + 10));
  if (told) at += told[0].length;
  while (at < text.length) {
    const { value, end } = text[at] === '"' ? quoted(text, at, delimiter) : plain(text, at, delimiter);
    row.push(value);
    at = end;
    if (text[at] === delimiter) {
      at += 1;
      if (at < text.length && text[at] !== '\n' && text[at] !== '\r') continue;
      row.push('');
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    if (row.some((cell) => cell !== '')) rows.push(row);
    row = [];
  }
  return rows;
}

/** The sign that divides the first lines into the same number of cells, the more the better. */
export function delimiterOf(text: string): string {
  const told = /^\ufeff?sep=(.)\r?\n/i.exec(text.slice(0, 12))?.[1];
  if (told !== undefined) return told;
  const lines = text
    .slice(0, 20_000)
    .split(/\r?\n/)
    .slice(0, LOOKED_AT)
    .filter((line) => line.trim() !== '');
  const scored = DELIMITERS.map((sign) => {
    const counts = lines.map((line) => line.replaceAll(/"[^"]*"/g, '').split(sign).length - 1);
    const same = counts.filter((count) => count === counts[0]).length;
    return { sign, score: counts[0] === 0 ? 0 : same * 1_000 + Math.min(999, counts[0] ?? 0) };
  });
  return scored.reduce((best, each) => (each.score > best.score ? each : best)).sign;
}

interface Field {
  value: string;
  end: number;
}

function quoted(text: string, from: number, delimiter: string): Field {
  let value = '';
  let at = from + 1;
  for (;;) {
    const close = text.indexOf('"', at);
    if (close < 0) return { value: value + text.slice(at), end: text.length };
    value += text.slice(at, close);
    at = close + 1;
    if (text[at] !== '"') break;
    value += '"';
    at += 1;
  }
  const rest = plain(text, at, delimiter);
  return { value: value + rest.value, end: rest.end };
}

function plain(text: string, from: number, delimiter: string): Field {
  let end = from;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { value: text.slice(from, end), end };
}
