/**
 * The beginning of a tool's result, with `note` where it was cut. The mark that ends data from outside stays, or what
 * follows would seem to belong to the data.
 */
export function shortened(content: string, limit: number, note: string): string {
  if (content.length <= limit) return content;
  const mark = content.lastIndexOf('\n</data-');
  const end = mark >= limit ? content.slice(mark) : '';
  return `${content.slice(0, limit).toWellFormed()}\n${note}${end}`;
}
