import { expect, test } from 'vitest';
import { couldMean, judge, type FunctionFacts } from './rules.ts';

const none = new Set<string>();
const plain: FunctionFacts = {
  schema: 'public',
  name: 'f',
  builtin: false,
  onPath: true,
  volatility: 'i',
  definer: false,
  kind: 'f',
  args: 2,
  defaults: 1,
  variadic: false,
  takesRow: false,
  language: 'sql',
  extension: undefined,
  setsConfig: false,
  body: 'SELECT 1',
};

test.each<[string, Partial<FunctionFacts>, string]>([
  ['a built-in that computes', { builtin: true, name: 'lower' }, 'allowed'],
  ['a built-in with effects', { builtin: true, name: 'pg_reload_conf', volatility: 'v' }, 'refused'],
  ['a volatile built-in without effect', { builtin: true, name: 'random', volatility: 'v' }, 'allowed'],
  ['one that a later version adds', { builtin: true, name: 'brand_new', volatility: 'v' }, 'refused'],
  ['SQL in strings', { builtin: true, name: 'query_to_xml', volatility: 's' }, 'refused'],
  ['the input of any domain', { builtin: true, name: 'domain_in', volatility: 's' }, 'refused'],
  ['a try of any type', { builtin: true, name: 'pg_input_is_valid', volatility: 's' }, 'refused'],
  ['the input of one type', { builtin: true, name: 'textin', volatility: 'i' }, 'allowed'],
  ['a trusted extension', { extension: 'pg_trgm', language: 'c' }, 'allowed'],
  ['an extension that connects', { extension: 'dblink', language: 'c' }, 'refused'],
  ['an SQL function, by its body', {}, 'body'],
  ['a volatile SQL function', { volatility: 'v' }, 'refused'],
  ['a function in another language', { language: 'plpgsql' }, 'refused'],
  ['one with its own settings', { setsConfig: true }, 'refused'],
  ['one with its owner’s rights', { definer: true, builtin: true }, 'refused'],
])('%s', (_name, facts, verdict) => {
  expect(judge({ ...plain, ...facts }, none).kind).toBe(verdict);
});

test.each<[string, Partial<FunctionFacts>, string]>([
  ['a function in another language, declared free of effects', { language: 'plpgsql' }, 'allowed'],
  ['one that is not', { language: 'plpgsql', volatility: 'v' }, 'refused'],
  ['an SQL function, by its body, whatever it is declared', { volatility: 'v' }, 'body'],
  ['one with its owner’s rights', { definer: true }, 'refused'],
])('what a view or a policy calls: %s', (_name, facts, verdict) => {
  expect(judge({ ...plain, ...facts }, none, true).kind).toBe(verdict);
});

test('the operator’s list counts by name, with schema, or a whole schema', () => {
  const unknown = { ...plain, language: 'c' };
  for (const entry of ['f', 'public.f', 'public.*']) expect(judge(unknown, new Set([entry])).kind).toBe('allowed');
  expect(judge(unknown, new Set(['other.f'])).kind).toBe('refused');
});

test('only what PostgreSQL could choose is judged', () => {
  const use = { schema: undefined, name: 'f', args: 2, form: 'call' as const };
  expect(couldMean(use, plain)).toBe(true);
  expect(couldMean({ ...use, args: 1 }, plain)).toBe(true);
  expect(couldMean({ ...use, args: 0 }, plain)).toBe(false);
  expect(couldMean({ ...use, args: 3 }, plain)).toBe(false);
  expect(couldMean({ ...use, args: 3 }, { ...plain, variadic: true })).toBe(true);
  expect(couldMean(use, { ...plain, onPath: false })).toBe(false);
  expect(couldMean({ ...use, schema: 'public' }, { ...plain, onPath: false })).toBe(true);
  expect(couldMean({ ...use, form: 'field' }, plain)).toBe(false);
  expect(couldMean({ ...use, form: 'field', args: 1 }, { ...plain, takesRow: true })).toBe(true);
});
