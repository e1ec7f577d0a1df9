/** A cell that a spreadsheet would calculate. Signed numbers and telephone numbers do not count. */
const FORMULA = /^(?:[=@\t\r\uff1d\uff20]|[+\-\uff0b\uff0d](?![\d\s.,()/'’%€$£-]*$))/;

/**
 * Rows in the format of RFC 4180, for programs and spreadsheets alike. Lines end in CRLF. A byte order mark for UTF-8
 * comes first where the text needs it. An apostrophe keeps a spreadsheet from calculating what begins like a formula.
 */
export function csv(rows: readonly (readonly string[])[]): string {
  const text = rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
  // Without the mark Excel reads the file in the machine's own encoding.
  return /\P{ASCII}/u.test(text) ? `\ufeff${text}` : text;
}

function field(value: string): string {
  const inert = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
