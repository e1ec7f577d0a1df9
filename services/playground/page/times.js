import { h } from './dom.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** https://discord.com/developers/docs/reference#message-formatting-timestamp-styles */
const STYLES = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
  s: { dateStyle: 'short', timeStyle: 'short' },
  S: { dateStyle: 'short', timeStyle: 'medium' },
};

/** From which age in seconds on a moment is told in this unit, and how many seconds one has. */
const AGES = [
  ['year', 320 * DAY, 365 * DAY],
  ['month', 26 * DAY, 30.4 * DAY],
  ['day', 22 * HOUR, DAY],
  ['hour', 45 * MINUTE, HOUR],
  ['minute', 45, MINUTE],
  ['second', 0, 1],
];

/** A time mark, `<t:seconds:style>`; nothing for a moment that no calendar has. */
export function timeView(seconds, style = 'f') {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const title = date.toLocaleString([], STYLES.F);
  const text = style === 'R' ? relative(date) : date.toLocaleString([], STYLES[style]);
  return h('time', { datetime: date.toISOString(), title, class: 'mark', 'data-style': style }, text);
}

/** How long ago or ahead, as Discord says it: "in an hour", "3 days ago". */
export function relative(date, now = Date.now()) {
  const seconds = (date.getTime() - now) / 1000;
  const age = Math.abs(seconds);
  const [unit, , length] = AGES.find(([, from]) => age >= from);
  const count = Math.max(1, Math.round(age / length));
  const one = unit === 'hour' ? 'an' : 'a';
  const text = count === 1 && unit !== 'second' ? `${one} ${unit}` : `${count} ${unit}${count === 1 ? '' : 's'}`;
  return seconds > 0 ? `in ${text}` : `${text} ago`;
}

/** Lets the relative marks of the page go on with the time. */
export function startTicking() {
  setInterval(() => {
    for (const mark of document.querySelectorAll('time[data-style=R]')) {
      const text = relative(new Date(mark.dateTime));
      if (mark.textContent !== text) mark.textContent = text;
    }
  }, 1000);
}
