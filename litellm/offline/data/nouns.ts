import { shortName, type Column, type Schema } from './schema.ts';

/** Words that people use for tables and columns of other names. */
const alike: Record<string, string[]> = {
  customer: ['client', 'buyer', 'shopper'],
  person: ['people'],
  product: ['article', 'good'],
  order: ['purchase'],
  employee: ['staff member', 'colleague'],
  price: ['cost'],
  stock: ['inventory'],
  city: ['town'],
  category: ['kind', 'type'],
  email: ['e mail', 'mail address', 'email address'],
};

/** A question whose names of tables and columns are replaced by marks: `<t0>`, `<c3>`. */
export interface Marked {
  text: string;
  tables: string[];
  /** The columns of one name, over all tables. */
  columns: Column[][];
}

/** Replaces the names of tables and columns in a text. A table wins over a column of the same name. */
export function markNouns(text: string, schema: Schema): Marked {
  const tables = schema.tables.map(({ name }) => name);
  const names = [...new Set(schema.tables.flatMap((table) => table.columns.map(({ name }) => name)))];
  const columns = names.map((name) =>
    schema.tables.flatMap((table) => table.columns.filter((each) => each.name === name)),
  );
  const marks = [
    ...tables.map((name, at) => ({ forms: formsOf(shortName(name)), mark: `<t${at}>`, rank: 0 })),
    ...names.map((name, at) => ({ forms: formsOf(name), mark: `<c${at}>`, rank: 1 })),
  ].flatMap(({ forms, mark, rank }) => forms.map((form) => ({ form, mark, rank })));
  marks.sort((a, b) => b.form.length - a.form.length || a.rank - b.rank);
  const marked = marks.reduce(
    (rest, { form, mark }) =>
      rest.replaceAll(new RegExp(String.raw`(?<![\p{L}\p{N}<])${form}(?![\p{L}\p{N}>])`, 'gu'), mark),
    text,
  );
  return { text: marked, tables, columns };
}

/** The ways in which people write a name: in the singular and in the plural, with words that are alike. */
export function formsOf(name: string): string[] {
  const words = name.toLowerCase().split('_');
  const last = singular(words.at(-1)!);
  const before = words.slice(0, -1);
  const bare = [last, ...(before.length === 0 ? (alike[last] ?? []) : [])];
  // `id` as a word of its own is plain; as a part of `customer_id` it is not.
  return bare.flatMap((word) => [[...before, word].join(' '), [...before, plural(word)].join(' ')]);
}

function singular(word: string): string {
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  return word.length > 3 && /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}

function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}
