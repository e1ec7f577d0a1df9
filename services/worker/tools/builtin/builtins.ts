import type { Builtin } from './builtin.ts';
import { currentTime } from './current-time.ts';

/** One line a tool. */
export const builtins: readonly Builtin[] = [currentTime];
