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
    shape: /\b(?:between|from) (\d{4}-\d\d-\d\d) (?:and|to|until|till) (\d{4}-\d\d-\d\d)(?![\d-])/,
    read: ([first = '', last = '']) => ({
      from: `'${first}'`,
      to: `'${last}'::date + 1`,
      label: `from ${first} to ${last}`,
    }),
  },
  {
    shape:
      /\b(?:(?:in|during|of|for) )?(?:the )?(?:(first|second|third|fourth|1st|2nd|3rd|4th) quarter|q([1-4]))(?: of)? (\d{4})\b/,
    read: ([word, digit, year]) => {
      const words = ['first', 'second', 'third', 'fourth'];
      const at = Number(digit ?? (words.indexOf(word ?? '') + 1 || word?.[0])) - 1;
      const start = new Date(Date.UTC(Number(year), at * 3, 1));
      const end = new Date(Date.UTC(Number(year), at * 3 + 3, 1));
      return { from: day(start), to: day(end), label: `in quarter ${at + 1} of ${year}` };
    },
  },
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
    shape: /\b(?:(since|before|on|after|until) )?(\d{4})-(\d\d)-(\d\d)\b/,
    read: ([word = 'on', ...parts]) => {
      const date = parts.join('-');
      if (word === 'since') return { from: `'${date}'`, label: `since ${date}` };
      if (word === 'before') return { to: `'${date}'`, label: `before ${date}` };
      const next = `'${date}'::date + 1`;
      if (word === 'until') return { to: next, label: `until ${date}` };
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
export function takeSpan(asked: string, today = new Date()): { span: Span; rest: string } | undefined {
  const text = withDays(asked, today);
  for (const { shape, read } of rules) {
    const found = shape.exec(text);
    const span = found ? read(found.slice(1), today) : undefined;
    if (found && span) return { span, rest: text.replace(found[0], ' , ') };
  }
  return undefined;
}

const dayOfMonth = String.raw`(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)?`;

/** Writes "15 March 2026", "the 3rd of May" and "March 15, 2026" as 2026-03-15. A pair of days may share what is said once. */
function withDays(text: string, today: Date): string {
  const write = (days: string, name: string, year: string | undefined): string => {
    const at = MONTHS.indexOf(name);
    const last = new Date(Date.UTC(today.getUTCFullYear(), at, Number(days))) > today ? 1 : 0;
    return `${year ?? today.getUTCFullYear() - last}-${String(at + 1).padStart(2, '0')}-${days.padStart(2, '0')}`;
  };
  const year = String.raw`(?: ,? ?(\d{4}))?`;
  const tie = '(and|to|until|till)';
  return text
    .replace(
      new RegExp(String.raw`\b${dayOfMonth} ${month}${year} ${tie} ${dayOfMonth} ${month}${year}\b`),
      (_, a: string, b: string, c: string | undefined, word: string, d: string, e: string, f: string | undefined) =>
        `${write(a, b, c ?? f)} ${word} ${write(d, e, f ?? c)}`,
    )
    .replace(
      new RegExp(String.raw`\b${dayOfMonth} ${tie} ${dayOfMonth} ${month}${year}\b`),
      (_, a: string, word: string, b: string, c: string, d: string | undefined) =>
        `${write(a, c, d)} ${word} ${write(b, c, d)}`,
    )
    .replace(new RegExp(String.raw`\b${dayOfMonth} ${month}${year}\b`), (_, a: string, b: string, c?: string) =>
      write(a, b, typeof c === 'string' ? c : undefined),
    )
    .replace(
      new RegExp(String.raw`\b${month} (\d{1,2})(?:st|nd|rd|th)?(?!\d)${year}`),
      (_, a: string, b: string, c?: string) => write(b, a, typeof c === 'string' ? c : undefined),
    );
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
