/** A span of time in a question. `from` is within it, `to` is not; both are SQL. */
export interface Span {
  from?: string;
  to?: string;
  /** How an answer says it. */
  label: string;
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const month = `(${MONTHS.join('|')})`;
const UNITS = '(day|week|month|quarter|year)';

interface Rule {
  shape: RegExp;
  read: (parts: string[], today: Date) => Span | undefined;
}

const rules: Rule[] = [
  {
    shape: new RegExp(String.raw`\bbetween ${month}(?: (\d{4}))? and ${month}(?: (\d{4}))?\b`),
    read: ([first = '', firstYear, second = '', secondYear], today) => {
      const year = firstYear ?? secondYear;
      const from = monthStart(first, year, today);
      return {
        from: day(from),
        to: day(nextMonth(monthStart(second, secondYear ?? year, today))),
        label: `from ${nameOf(from)} to ${second}`,
      };
    },
  },
  {
    shape: new RegExp(String.raw`\b(since|after|before|until) ${month}(?: (\d{4}))?\b`),
    read: ([word = '', name = '', year], today) => {
      const start = monthStart(name, year, today);
      if (word === 'since') return { from: day(start), label: `since ${nameOf(start)}` };
      if (word === 'before') return { to: day(start), label: `before ${nameOf(start)}` };
      const end = day(nextMonth(start));
      return word === 'after'
        ? { from: end, label: `after ${nameOf(start)}` }
        : { to: end, label: `until ${nameOf(start)}` };
    },
  },
  {
    shape: /\b(since|after|before|until) (\d{4})(?!-)\b/,
    read: ([word = '', text = '']) => {
      const year = Number(text);
      if (word === 'since') return { from: `'${year}-01-01'`, label: `since ${year}` };
      if (word === 'before') return { to: `'${year}-01-01'`, label: `before ${year}` };
      const end = `'${year + 1}-01-01'`;
      return word === 'after' ? { from: end, label: `after ${year}` } : { to: end, label: `until ${year}` };
    },
  },
  {
    shape: new RegExp(String.raw`\b(?:(?:in|during|of|for|from|about) )?${month} (\d{4})\b`),
    read: ([name = '', year], today) => wholeMonth(monthStart(name, year, today)),
  },
  {
    shape: new RegExp(String.raw`\b(?:in|during|of|for|from|about) ${month}\b`),
    read: ([name = ''], today) => wholeMonth(monthStart(name, undefined, today)),
  },
  {
    shape: /\b(?:(since|before|on|after) )?(\d{4})-(\d\d)-(\d\d)\b/,
    read: ([word = 'on', ...parts]) => {
      const date = parts.join('-');
      if (word === 'since') return { from: `'${date}'`, label: `since ${date}` };
      if (word === 'before') return { to: `'${date}'`, label: `before ${date}` };
      const next = `'${date}'::date + 1`;
      return word === 'after'
        ? { from: next, label: `after ${date}` }
        : { from: `'${date}'`, to: next, label: `on ${date}` };
    },
  },
  {
    shape: /\b(?:in|during|of|for) (?:the year )?((?:19|20)\d\d)\b/,
    read: ([year = '']) => ({ from: `'${year}-01-01'`, to: `'${Number(year) + 1}-01-01'`, label: `in ${year}` }),
  },
  {
    shape: new RegExp(String.raw`\b(?:(?:in|over|within|during) )?(?:the )?(?:last|past) (\d{1,4}) ${UNITS}s\b`),
    read: ([count = '', unit = '']) => ({
      from: `now() - interval '${Number(count) * (unit === 'quarter' ? 3 : 1)} ${unit === 'quarter' ? 'month' : unit}s'`,
      label: `in the last ${count} ${unit}s`,
    }),
  },
  {
    shape: new RegExp(String.raw`\b(?:(?:in|of|during) )?(?:the )?(this|current|last|previous) ${UNITS}\b`),
    read: ([which = '', unit = '']) => {
      const start = `date_trunc('${unit}', now())`;
      const step = unit === 'quarter' ? `interval '3 months'` : `interval '1 ${unit}'`;
      if (which === 'this' || which === 'current') return { from: start, label: `this ${unit}` };
      return { from: `${start} - ${step}`, to: start, label: `last ${unit}` };
    },
  },
  { shape: /\btoday\b/, read: () => ({ from: 'current_date', to: 'current_date + 1', label: 'today' }) },
  { shape: /\byesterday\b/, read: () => ({ from: 'current_date - 1', to: 'current_date', label: 'yesterday' }) },
];

/** Takes a span of time out of a text in lower case. */
export function takeSpan(text: string, today = new Date()): { span: Span; rest: string } | undefined {
  for (const { shape, read } of rules) {
    const found = shape.exec(text);
    const span = found ? read(found.slice(1), today) : undefined;
    if (found && span) return { span, rest: text.replace(found[0], ' , ') };
  }
  return undefined;
}

/** A month without a year is the last one of that name that has begun. */
function monthStart(name: string, year: string | undefined, today: Date): Date {
  const at = MONTHS.indexOf(name);
  const last = at > today.getUTCMonth() ? today.getUTCFullYear() - 1 : today.getUTCFullYear();
  return new Date(Date.UTC(year === undefined ? last : Number(year), at, 1));
}

function nextMonth(start: Date): Date {
  return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1));
}

function wholeMonth(start: Date): Span {
  return { from: day(start), to: day(nextMonth(start)), label: `in ${nameOf(start)}` };
}

function day(date: Date): string {
  return `'${date.toISOString().slice(0, 10)}'`;
}

function nameOf(date: Date): string {
  const name = MONTHS[date.getUTCMonth()]!;
  return `${name[0]!.toUpperCase()}${name.slice(1)} ${date.getUTCFullYear()}`;
}
