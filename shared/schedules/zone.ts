/** The time that clocks in a zone show at `at`, as if it were UTC; both in milliseconds since the epoch. */
export function wallClock(at: number, zone: string): number {
  // Swedish dates are ISO 8601.
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

/**
 * The IANA name of a time zone that somebody wrote: `Europe/Berlin`, `berlin`, `UTC`. Undefined when there is none, or
 * when a city's name fits several.
 */
export function zoneNamed(text: string): string | undefined {
  const wanted = text.trim().replaceAll(/\s+/g, '_').toLowerCase();
  if (['utc', 'gmt', 'z'].includes(wanted)) return 'UTC';
  const zones = Intl.supportedValuesOf('timeZone');
  const exact = zones.find((zone) => zone.toLowerCase() === wanted);
  if (exact !== undefined) return exact;
  const cities = zones.filter((zone) => zone.toLowerCase().endsWith(`/${wanted}`));
  return cities.length === 1 ? cities[0] : canonical(text.trim());
}

/** Names that are no longer listed, such as Asia/Calcutta, are known all the same. Offsets are no zones. */
function canonical(text: string): string | undefined {
  if (!/^[A-Za-z]+\//.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
