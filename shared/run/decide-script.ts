import { defineScript, of } from '#shared/redis/script.ts';
import type { RunStatus } from './request.ts';
import type { ScriptEntry } from './script-entries.ts';

/** What a decision, or an answer, led to at the run. */
export type DecideReply = 'decided' | 'already-decided' | 'unknown' | 'ended';

/** Records what a human has decided or answered, once, and queues the run again when it waited for nothing else. */
export const decideScript = defineScript(new URL('./decide.lua', import.meta.url), {
  keys: ['record', 'journal', 'once', 'results', 'approvals', 'unqueued', 'log'],
  args: {
    id: of<string>(),
    approval: of<string>(),
    question: of<string>(),
    entry: of<ScriptEntry | undefined>(),
    from: of<Partial<Record<RunStatus, true>>>(),
  },
  reply: of<[result: DecideReply, woken: 0 | 1]>(),
});
