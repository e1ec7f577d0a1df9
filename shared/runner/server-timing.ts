import type { CallRequest } from './calls.ts';

/** The value of a Server-Timing header, with the milliseconds that the backend took. */
export function serverTiming(call: CallRequest): string {
  return `backend;dur=${call.backendMs.toFixed(3)}`;
}
