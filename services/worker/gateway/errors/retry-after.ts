export type HeaderRecord = Record<string, string | string[] | undefined>;

/**
 * Milliseconds that an answer asks to wait: by `retry-after-ms`, `retry-after` (seconds or a date, RFC 9110 section
 * 10.2.3), LiteLLM's `reset_at`, or words like "try again in 20s" or "retry after 7 seconds". Undefined when it asks for none.
 */
export function retryAfterMs(headers: HeaderRecord, message = '', now = Date.now()): number | undefined {
  const exact = Number(first(headers['retry-after-ms']) || Number.NaN);
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const after = first(headers['retry-after']);
  if (after !== undefined && /^\d+(\.\d+)?$/.test(after.trim())) return Number(after) * 1_000;
  for (const date of [after, first(headers['reset_at'])]) {
    const at = date === undefined ? Number.NaN : Date.parse(date);
    if (Number.isFinite(at)) return Math.max(0, at - now);
  }
  return toldIn(message);
}

const told =
  /(?:try again|retry)[^.\d]{0,20}?((?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|h|hours?|m|min|minutes?|s|sec|seconds?)(?![a-z])\s*)+)/i;
/** Google's `retryDelay`, among the details of its errors. */
const delay = /"retryDelay":\s*"(\d+(?:\.\d+)?)s"/;

/** Milliseconds that a text tells in words: 2s, 350ms, 6m0s, 5 seconds. */
function toldIn(message: string): number | undefined {
  const google = delay.exec(message)?.[1];
  if (google !== undefined) return Number(google) * 1_000;
  const time = told.exec(message)?.[1];
  if (time === undefined) return undefined;
  const parts = [...time.matchAll(/(\d+(?:\.\d+)?)\s*(ms|milli|h|m|s)/gi)];
  return Math.round(
    parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (units[unit.toLowerCase()] ?? 0), 0),
  );
}

const units: Record<string, number> = { ms: 1, milli: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
