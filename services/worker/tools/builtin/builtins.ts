import type { Builtin } from './builtin.ts';
import { askUser } from './ask-user.ts';
import { currentTime } from './current-time.ts';
import type { MemoryAccess } from './memory/access.ts';
import { memoryTools } from './memory/tools.ts';

/** The worker's own tools: each is one line here. Without `memory` its tools are listed, and refuse each call. */
export function createBuiltins(memory?: MemoryAccess): readonly Builtin[] {
  return [askUser, currentTime, ...memoryTools(memory)];
}
