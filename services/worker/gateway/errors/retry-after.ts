export type HeaderRecord = Record<string, string | string[] | undefined>;

/**
 * Milliseconds that an answer asks to wait: by `retry-after-ms`, `retry-after` (seconds or a date, RFC 9110 section
 * 10.2.3), LiteLLM's `reset_at`, or the words "try again in N seconds". Undefined when it asks for none.
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
  const words = /try again in (\d+(?:\.\d+)?) ?s/i.exec(message)?.[1];
  return words === undefined ? undefined : Number(words) * 1_000;
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
