import { readRelaxed } from '../calls/relaxed-json.ts';

export type Frame = Record<string, unknown>;

/**
 * What one event of a stream is: nothing (what only keeps the connection open), the last one, frames to read, an error
 * of the provider, or something that cannot be read.
 */
export type EventReading =
  | { kind: 'nothing' }
  | { kind: 'done' }
  /** `last`: nothing follows them. */
  | { kind: 'frames'; frames: Frame[]; last?: boolean }
  | { kind: 'error'; frame: unknown }
  | { kind: 'unreadable' };

const nothing: EventReading = { kind: 'nothing' };
const keepAlives = /^(?:ping|pong|heartbeat|keep[-_]?alive|comment|noop)$/i;

/** Reads the data of an event. `name`: that of the event, where it has one. */
export function readEvent(data: string, name = ''): EventReading {
  // Proxies that wrap a stream once more write `data: data: {…}`.
  const text = data.replace(/^(?:\s*data:)+/, '').trim();
  if (text === '' || keepAlives.test(name)) return nothing;
  if (/^"?\[?DONE\]?"?$/i.test(text)) return { kind: 'done' };
  const value = readRelaxed(text);
  if (value !== undefined) return readValue(value, name);
  // Without blank lines between them, several events come as one.
  const lines = text.split('\n').map((line) => line.replace(/^(?:id|event|retry):.*$/, ''));
  if (lines.length > 1) return joined(lines.map((line) => readEvent(line, name)));
  return /^:?\s*[\w .:,-]{1,60}$/.test(text) ? nothing : { kind: 'unreadable' };
}

function joined(readings: EventReading[]): EventReading {
  const bad = readings.find(({ kind }) => kind === 'error' || kind === 'unreadable');
  if (bad) return bad;
  const frames = readings.flatMap((reading) => (reading.kind === 'frames' ? reading.frames : []));
  const last = readings.some((reading) => reading.kind === 'done' || (reading.kind === 'frames' && reading.last));
  if (frames.length > 0) return { kind: 'frames', frames, last };
  return last ? { kind: 'done' } : nothing;
}

function readValue(value: unknown, name: string): EventReading {
  if (Array.isArray(value)) return joined(value.map((each: unknown) => readValue(each, name)));
  if (typeof value !== 'object' || value === null) return nothing;
  const frame = unwrapped(value as Frame);
  if (isError(frame, name)) return { kind: 'error', frame };
  return keepAlives.test(typeof frame['type'] === 'string' ? frame['type'] : '')
    ? nothing
    : { kind: 'frames', frames: [frame] };
}

/** Gateways of companies put the frame into an envelope. */
function unwrapped(frame: Frame): Frame {
  if ('choices' in frame || 'error' in frame) return frame;
  const inner = ['data', 'response', 'result', 'chunk', 'completion', 'body'].map((field) => frame[field]);
  const found = inner.find((each) => typeof each === 'object' && each !== null && 'choices' in each);
  return (found as Frame | undefined) ?? frame;
}

function isError(frame: Frame, name: string): boolean {
  const { error } = frame;
  if (error !== undefined && error !== null && error !== false && error !== '') return true;
  if (name === 'error' || frame['type'] === 'error' || frame['object'] === 'error') return true;
  const told = (frame['base_resp'] as { status_code?: unknown } | undefined)?.status_code;
  if (typeof told === 'number' && told !== 0) return true;
  if ('choices' in frame || typeof frame['message'] === 'object') return false;
  const words = ['detail', 'errors', 'message', 'msg', 'error_msg', 'errorMessage'].some((field) =>
    Boolean(frame[field]),
  );
  const fine = ['code', 'status', 'statusCode'].some((field) =>
    /^(?:0|2\d\d|ok|success|processing|in_progress|queued|loading)$/i.test(String(frame[field])),
  );
  return words && !fine;
}
