import type { Builtin } from './builtin.ts';
import { currentTime } from './current-time.ts';

/** Each tool is one line here. */
export const builtins: readonly Builtin[] = [currentTime];
