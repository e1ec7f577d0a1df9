import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import type { Listener } from './listen.ts';
import type { MessageIndex } from './message-index.ts';

const log = createLogger('messages');

export interface QuestionContext {
  listener: Listener;
  index: MessageIndex;
  runs: RunStore;
}

export interface QuestionChanges {
  /** A question's text was changed. Early enough, the change counts; later, Retry asks the new text. */
  edited(channel: string, message: string, content: string): void;
  /** A question was deleted, so that its run is stopped. */
  deleted(channel: string, message: string): void;
}

/** Handles questions that their authors change or delete. Returns at once. */
export function createQuestionChanges({ listener, index, runs }: QuestionContext): QuestionChanges {
  async function stopDeleted(message: string): Promise<void> {
    const runId = await index.runOf(message);
    if (runId === undefined) return;
    const record = await runs.read(runId);
    // When messages were joined, the others still ask.
    if (!record || record.status === 'ended' || (record.request.discord?.messages.length ?? 0) > 1) return;
    await runs.stop(runId, 'deleting the question');
  }
  return {
    edited(channel, message, content) {
      listener.revise(channel, message, content);
    },
    deleted(channel, message) {
      if (listener.revise(channel, message, undefined)) return;
      stopDeleted(message).catch((error: unknown) => {
        log.warn({ message, error: errorText(error) }, 'the run of a deleted question could not be stopped');
      });
    },
  };
}
