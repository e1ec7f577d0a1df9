import { pick } from '#test/sequences/random.ts';

export type Random = () => number;

/** A whole number from 0 to below `limit`. */
export function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

export function chance(of: number, random: Random): boolean {
  return random() < of;
}

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Texts that parsers, stores, logs and terminals stumble over. */
const oddTexts: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  'a\udfffb',
  '\u202etxt.exe',
  '👩‍👩‍👧‍👦'.repeat(40),
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢',
  '﷽'.repeat(50),
  'x'.repeat(5_000),
  '\r\n\r\ndata: [DONE]\r\n\r\n',
  'event: error\ndata: {}\n\n',
  '../../../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  '${7*7}{{7*7}}%s%n',
  "'; DROP TABLE runs; --",
  '<script>alert(1)</script>',
  '{"a":',
  '[1,2',
  'NaN',
  '1e999',
  'data:image/png;base64,AAAA',
  'https://10.0.0.1/a.png',
  'https://example.org/a.png',
  'resp_x',
  'msg_x_0',
  'mcpr_x_0-0',
  'in\u2028side\u2029',
  '\ufeffbom',
  'ǅ'.repeat(300),
];

const oddValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  0.5,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  2 ** 63,
  4_294_967_296,
  [],
  {},
  [[]],
  [null],
  [{}],
  { a: { b: { c: null } } },
  { type: 'text' },
  { type: null },
  { length: 5 },
  nested(40),
  nested(95),
  nested(200),
  Array.from({ length: 3_000 }, () => null),
  Array.from({ length: 200 }, () => ({})),
];

/** A value that nobody expects. */
export function oddValue(random: Random): unknown {
  return chance(0.45, random) ? oddText(random) : pick(oddValues, random);
}

export function oddText(random: Random): string {
  return pick(oddTexts, random) ?? '';
}
