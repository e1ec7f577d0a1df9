import type { ResultSize } from '#shared/run/journal-entries.ts';
import type { ListedTool } from '../read-tools.ts';
import type { ToolCallOrder } from '../toolbox.ts';

/** A tool that the worker runs itself. */
export interface Builtin {
  tool: ListedTool;
  /**
   * Returns what the model reads, perhaps with how much it holds. Throws RangeError with a sentence for the model when a
   * value is out of range.
   */
  run(args: Record<string, unknown>, order: ToolCallOrder): Promise<string | { content: string; size: ResultSize }>;
}
