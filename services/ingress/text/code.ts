/** Shows a text as inline code, whatever it contains. */
export function asCode(text: string): string {
  const content = text.replaceAll('`', "'").replaceAll(/\s+/g, ' ').trim();
  return content === '' ? '' : `\`${content}\``;
}

/** Breaks up every run of three backticks, which would end a code block. The added character is invisible. */
export function breakFences(text: string): string {
  return text.replaceAll(/``(?=`)/g, '``\u200b');
}
