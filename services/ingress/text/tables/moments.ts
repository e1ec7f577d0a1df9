const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY = 86_400_000;

type Reading = [pattern: RegExp, read: (...groups: string[]) => number];

/** Forms in which a moment or a span of time is written so that it has one meaning only. Values are milliseconds. */
const FORMS: Reading[] = [
  [
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?$/,
    (year, month, day, hour, minute, second) =>
      Date.UTC(+year, +month - 1, +day, +(hour ?? 0), +(minute ?? 0), +(second ?? 0)),
  ],
  [/^(\d{4})[-/](\d{2})$/, (year, month) => Date.UTC(+year, +month - 1)],
  [/^((?:19|20)\d{2})$/, (year) => Date.UTC(+year, 0)],
  [/^(\d{4})[- ]?Q([1-4])$/i, (year, quarter) => Date.UTC(+year, (+quarter - 1) * 3)],
  [/^Q([1-4])[ /-](\d{4})$/i, (quarter, year) => Date.UTC(+year, (+quarter - 1) * 3)],
  [/^(\d{4})-?W(\d{2})$/i, (year, week) => Date.UTC(+year, 0, 4) + (+week - 1) * 7 * DAY],
  [/^([a-z]{3,9})\.? (\d{4})$/i, (month, year) => Date.UTC(+year, monthOf(month))],
  [/^(\d{1,2})\.? ([a-z]{3,9})\.?,? (\d{4})$/i, (day, month, year) => Date.UTC(+year, monthOf(month), +day)],
  [/^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})$/i, (month, day, year) => Date.UTC(+year, monthOf(month), +day)],
  [/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, (day, month, year) => Date.UTC(+year, +month - 1, +day)],
  [
    /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/,
    (hour, minute, second) => ((+hour * 60 + +minute) * 60 + +(second ?? 0)) * 1_000,
  ],
];

function monthOf(name: string): number {
  const at = MONTHS.indexOf(name.slice(0, 3).toLowerCase());
  return at < 0 ? Number.NaN : at;
}

/** The moments of a column in which all cells are written in one form; undefined where they are not. */
export function readMoments(cells: readonly string[]): number[] | undefined {
  for (const [pattern, read] of FORMS) {
    const found = cells.map((cell) => pattern.exec(cell.trim()));
    if (!found.every((each) => each !== null)) continue;
    const moments = found.map(([, ...groups]) => read(...groups));
    return moments.every(Number.isFinite) ? moments : undefined;
  }
  return undefined;
}
