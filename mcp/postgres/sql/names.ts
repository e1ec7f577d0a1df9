import { Refusal, type FunctionUse, type NameUse, type Uses } from './uses.ts';

/**
 * The parser folds only the letters of ASCII and cuts names after 63 bytes of UTF-8. A server whose database has an
 * encoding of one byte per character folds more letters, and cuts after 63 characters. So a name with other letters
 * counts in both spellings, and one that may have been cut is refused.
 * @throws Refusal for a long name with letters beyond ASCII
 */
export function foldNames(uses: Uses): Uses {
  return {
    ...uses,
    // Uses of functions and operators are known by their places: what is added stands behind them.
    functions: [...uses.functions, ...uses.functions.flatMap(folded)],
    types: [...uses.types, ...uses.types.flatMap(folded)],
    relations: [...uses.relations, ...uses.relations.flatMap(folded)],
    casts: [...uses.casts, ...uses.casts.flatMap(({ to, from }) => folded(to).map((each) => ({ to: each, from })))],
  };
}

/** How many bytes a name has at least that the parser may have cut. */
const mayBeCut = 60;

function folded<T extends NameUse | FunctionUse>(use: T): T[] {
  const { name, schema } = use;
  if (isAscii(name) && isAscii(schema ?? '')) return [];
  for (const part of [name, schema ?? '']) {
    if (!isAscii(part) && Buffer.byteLength(part) >= mayBeCut)
      throw new Refusal(
        `The name "${part}" is refused: names with letters beyond ASCII must be shorter than ${mayBeCut} bytes.`,
      );
  }
  const other = { ...use, name: name.toLowerCase(), schema: schema?.toLowerCase() };
  return other.name === name && other.schema === schema ? [] : [other];
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
