/**
 * A text of a server that is not ours, made fit for logs, models and JSON: whole characters only, without control and
 * invisible format characters (which hide instructions), cut to `max` characters.
 */
export function plainText(text: string, max: number): string {
  const clean = text.toWellFormed().replaceAll(/[\p{Cf}\p{Co}]|(?![\n\t])\p{Cc}/gu, '');
  return clean.length <= max ? clean : `${clean.slice(0, max).toWellFormed()} [cut]`;
}
