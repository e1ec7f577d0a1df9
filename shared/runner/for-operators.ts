/**
 * What a tool says to a model, turned to the operator, who reads why a server is not ready: whom to tell and whether to
 * try again is no advice for them.
 */
export function forOperators(text: string): string {
  return text
    .replaceAll(/Tell the user that the operator must (\w)/g, (_, first: string) => first.toUpperCase())
    .replaceAll(/Tell the user: the operator (\w)/g, (_, first: string) => `The operator ${first}`)
    .replaceAll(/ ?Tell the user(?:[;,][^.]*)?\./g, '')
    .replaceAll(/ ?Try (?:again|once more)[^.]*\./g, '')
    .trim();
}
