import type { Builtin } from './builtin.ts';

/** `current_time(timezone?)`: date, time and weekday in a time zone, with its offset. */
export const currentTime: Builtin = {
  tool: {
    name: 'current_time',
    wireName: 'current_time',
    domain: 'builtin',
    core: true,
    title: 'Current time',
    description: 'The present date, time and weekday, in UTC or in a time zone.',
    inputSchema: {
      type: 'object',
      properties: {
        timezone: { type: 'string', description: 'IANA name such as Europe/Berlin; UTC when left out' },
      },
      additionalProperties: false,
    },
    readOnly: true,
    repeatable: true,
    openWorld: false,
    remembered: false,
  },
  run: async (args) => describeTime(new Date(), typeof args['timezone'] === 'string' ? args['timezone'] : 'UTC'),
};

/** For example `2026-11-21T09:05:31+01:00 (Saturday, Europe/Berlin)`. Throws RangeError for an unknown time zone. */
export function describeTime(now: Date, timezone: string): string {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      weekday: 'long',
      timeZoneName: 'longOffset',
    });
  } catch (error) {
    const shown = JSON.stringify(timezone.slice(0, 60));
    throw new RangeError(`There is no time zone ${shown}. Use an IANA name such as Europe/Berlin, or UTC.`, {
      cause: error,
    });
  }
  const part = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const offset = part['timeZoneName']?.replace('GMT', '') || '+00:00';
  const clock = `${part['year']}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}:${part['second']}`;
  return `${clock}${offset} (${part['weekday']}, ${timezone})`;
}
