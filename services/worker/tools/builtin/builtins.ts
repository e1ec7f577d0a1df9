import type { AttachedTables } from './attachments/attached-tables.ts';
import { queryAttachment } from './attachments/query-attachment.ts';
import type { Builtin } from './builtin.ts';
import { askUser } from './ask-user.ts';
import { currentTime } from './current-time.ts';
import type { MemoryAccess } from './memory/access.ts';
import { memoryTools } from './memory/tools.ts';

/** The worker's own tools: each is one line here. Those without what they work with are listed, and refuse each call. */
export function createBuiltins(memory?: MemoryAccess, tables?: AttachedTables): readonly Builtin[] {
  return [askUser, currentTime, ...memoryTools(memory), queryAttachment(tables)];
}
