/** A cell that a spreadsheet would calculate. A signed number, or a telephone number, is none. */
const FORMULA = /^(?:[=@\t\r\uff1d\uff20]|[+\-\uff0b\uff0d](?![\d\s.,()/'’%€$£-]*$))/;

/**
 * Rows as RFC 4180 has them, for programs and spreadsheets alike: lines end in CRLF, a mark for UTF-8 stands in front where
 * the text needs one, and an apostrophe keeps a spreadsheet from calculating what begins like a formula.
 */
export function csv(rows: readonly (readonly string[])[]): string {
  const text = rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
  // Excel takes a file without it for one in the machine's own encoding.
  return /\P{ASCII}/u.test(text) ? `\ufeff${text}` : text;
}

function field(value: string): string {
  const inert = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
