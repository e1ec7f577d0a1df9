import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { Listener } from './listen.ts';
import { offerRerun, type RerunContext } from './offer-rerun.ts';
import { unremember } from './unremember.ts';

const log = createLogger('messages');

export interface QuestionContext extends RerunContext {
  redis: Redis;
  listener: Listener;
}

export interface QuestionChanges {
  /** A question's text was changed. Early enough, the change counts; later, a button offers to ask the new text. */
  edited(channel: string, message: string, content: string): void;
  /** A question was deleted, so that its run is stopped and its conversation forgets it. */
  deleted(channel: string, message: string): void;
  /** A message of an answer was deleted, so that the conversation forgets it. */
  answerDeleted(answer: DeletedAnswer): void;
}

/** What a deleted message of the bot tells of its run. */
export interface DeletedAnswer {
  /** The message that it replied to. */
  repliedTo: string | undefined;
  /** The run that its buttons name. */
  run: string | undefined;
}

/** Handles questions that their authors change or delete. Returns at once. */
export function createQuestionChanges(ingress: QuestionContext): QuestionChanges {
  const { redis, listener, index, runs } = ingress;
  async function deleteQuestion(message: string): Promise<void> {
    await listener.entered(message);
    const runId = await index.runOf(message);
    if (runId === undefined) return;
    const record = await runs.read(runId);
    if (!record) return;
    // What was said to a run that was under way has been heard.
    if (record.request.discord?.messages.includes(message) !== true) return;
    if (record.status === 'ended') return unremember(redis, runs, record);
    // When messages were joined, the others still ask.
    if ((record.request.discord?.messages.length ?? 0) <= 1) await runs.stop(runId, 'deleting the question');
  }

  async function deleteAnswer({ repliedTo, run }: DeletedAnswer): Promise<void> {
    const runId = run ?? (repliedTo === undefined ? undefined : await index.runOf(repliedTo));
    const record = runId === undefined ? undefined : await runs.read(runId);
    if (record?.status === 'ended') await unremember(redis, runs, record);
  }
  return {
    edited(channel, message, content) {
      if (listener.revise(channel, message, content)) return;
      const offering = listener.entered(message).then(() => offerRerun(ingress, channel, message, content));
      offering.catch((error: unknown) => {
        log.warn({ message, error: errorText(error) }, 'an edited question could not be dealt with');
      });
    },
    deleted(channel, message) {
      if (listener.revise(channel, message, undefined)) return;
      deleteQuestion(message).catch((error: unknown) => {
        log.warn({ message, error: errorText(error) }, 'a deleted question could not be dealt with');
      });
    },
    answerDeleted(answer) {
      deleteAnswer(answer).catch((error: unknown) => {
        log.warn({ run: answer.run, error: errorText(error) }, 'a deleted answer could not be forgotten');
      });
    },
  };
}
