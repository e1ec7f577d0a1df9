/** What the line above an answer begins with that says what was asked. */
export const quoteMark = '> 💬 ';

/** A message of ours without that line. */
export function withoutQuote(content: string): string {
  return content.startsWith(quoteMark) ? content.replace(/^.*(?:\n|$)/, '') : content;
}
