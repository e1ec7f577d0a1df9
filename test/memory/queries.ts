/** Queries whose answers are as large as a database can make them. */
export const largeAnswers: Record<string, string> = {
  rows: `SELECT repeat('x', 4000) FROM generate_series(1, 10000000)`,
  'one value': `SELECT repeat('頁', 100000000)`,
  columns: `SELECT ${Array.from({ length: 1_600 }, (_, n) => `repeat('x', 100000) AS c${n}`).join(', ')}`,
  'an array': `SELECT array_agg(g) FROM generate_series(1, 3000000) g`,
  'an error': `SELECT repeat('x', 200000000)::int`,
  'names of columns': `SELECT ${Array.from({ length: 600 }, (_, n) => `1 AS ${'n'.repeat(55)}${n}`).join(', ')}`,
  'a plan': `EXPLAIN (VERBOSE, FORMAT JSON) SELECT ${Array.from({ length: 1_500 }, (_, n) => `${n} AS c${n}`).join(', ')}`,
};

/** Queries that cost whoever takes them apart as much as fits into the longest one. */
export const hardToParse: Record<string, string> = {
  parentheses: `SELECT ${'('.repeat(25_000)}1${')'.repeat(25_000)}`,
  'queries in each other': `${'SELECT * FROM ('.repeat(2_500)}SELECT 1${') q'.repeat(2_500)}`,
  'a chain of operators': `SELECT ${'1+'.repeat(3_900)}1`,
  'a list': `SELECT 1 IN (${'1,'.repeat(29_000)}1)`,
  rows: `VALUES ${'(1),'.repeat(14_000)}(1)`,
  'branches of CASE': `SELECT CASE ${'WHEN true THEN 1 '.repeat(3_300)}END`,
  'CASE in CASE': `SELECT ${'CASE WHEN true THEN '.repeat(2_200)}1${' END'.repeat(2_200)}`,
  comments: `SELECT 1 ${'/* '.repeat(900)}${'*/ '.repeat(900)}`,
  casts: `SELECT 1${'::int'.repeat(3_900)}`,
  functions: `SELECT ${'abs('.repeat(11_000)}1${')'.repeat(11_000)}`,
  unions: `SELECT 1${' UNION SELECT 1'.repeat(3_900)}`,
};
