import { printable } from '#mcp/words.ts';
import type { Unit } from '../units.ts';

/** Netdata's names of units, where ours read better. */
const NAMES: Record<string, Unit> = { percentage: '%', percent: '%', B: 'bytes', bytes: 'bytes', seconds: 'seconds' };

export function unitOf(units: string): Unit {
  return NAMES[units] ?? printable(units.slice(0, 30));
}
