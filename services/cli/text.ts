/** Escape sequences and other control characters, which could repaint the terminal; line breaks and tabs stay. */
// oxlint-disable-next-line no-control-regex -- control characters are what it removes
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

/** Text from outside (a model, a tool, a person), made safe to print to a terminal. */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(controls, '');
}

/** The text on one line of at most `width` characters, with … where something was left out. */
export function oneLine(text: string, width: number): string {
  const flat = printable(text).replace(/\s+/g, ' ').trim();
  const characters = Array.from(flat);
  return characters.length <= width ? flat : `${characters.slice(0, Math.max(width - 1, 0)).join('')}…`;
}

/** A duration for people: 640 ms, 2.4 s, 3 min 5 s. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** Reads `90s`, `5m`, `2h`, `500ms` or a bare number of seconds. Undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(text.trim());
  if (!match) return undefined;
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(match[1]) * (units[match[2] ?? 's'] ?? 1_000);
}
