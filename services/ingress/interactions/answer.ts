import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '#shared/process/log.ts';
import { errorText, humanMessage, DragomanError } from '#shared/ground/errors.ts';
import { flags, type DiscordApi } from '../discord/api.ts';
import type { IncomingInteraction } from './interaction.ts';

const log = createLogger('interactions');

/** The answer to an interaction. */
export type Answer =
  /** A text that only this person sees. */
  | { say: string }
  /** Nothing to see, because the message itself shows what happened. */
  | 'quiet'
  /** "… is thinking", for everybody; the run's answer replaces it. */
  | 'think'
  | { form: Form };

/** A form with one field. */
export interface Form {
  id: string;
  title: string;
  field: { id: string; label: string; required: boolean; maxLength: number };
}

/** Milliseconds. Discord waits 3 s for the first answer. */
const answerWithinMs = 2_000;

const type = { message: 4, deferredMessage: 5, deferredUpdate: 6, modal: 9 } as const;

/**
 * Answers in time, however long `handle` takes: a slow answer is deferred and follows later. With `public`, deferring
 * shows "… is thinking" to everybody. Errors become a sentence that only this person sees. Never rejects.
 */
export async function answerInTime(
  api: DiscordApi,
  interaction: IncomingInteraction,
  options: { public: boolean },
  handle: () => Promise<Answer>,
): Promise<void> {
  const work = handle().catch((error: unknown): Answer => {
    log.error({ interaction: interaction.name, error: errorText(error) }, 'an interaction failed');
    return { say: sentence(error) };
  });
  const timer = new AbortController();
  const late = sleep(answerWithinMs, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  try {
    const first = await Promise.race([work, late]);
    timer.abort();
    if (first !== 'late') return await respond(api, interaction, first);
    await defer(api, interaction, options.public);
    await follow(api, interaction, await work);
  } catch (error) {
    // Its token was no longer accepted: the person sees "did not respond", and nothing else can reach them.
    log.warn({ interaction: interaction.name, error: errorText(error) }, 'an interaction could not be answered');
  }
}

async function respond(api: DiscordApi, interaction: IncomingInteraction, answer: Answer): Promise<void> {
  if (answer === 'quiet') {
    if (interaction.kind === 'command') return api.respond(interaction, type.message, ephemeral('Done.'));
    return api.respond(interaction, type.deferredUpdate);
  }
  if (answer === 'think') return api.respond(interaction, type.deferredMessage);
  if ('say' in answer) return api.respond(interaction, type.message, ephemeral(answer.say));
  return api.respond(interaction, type.modal, formBody(answer.form));
}

async function defer(api: DiscordApi, interaction: IncomingInteraction, everybody: boolean): Promise<void> {
  if (interaction.kind !== 'command') return api.respond(interaction, type.deferredUpdate);
  return api.respond(interaction, type.deferredMessage, everybody ? undefined : { flags: flags.ephemeral });
}

async function follow(api: DiscordApi, interaction: IncomingInteraction, answer: Answer): Promise<void> {
  if (answer === 'quiet' || answer === 'think') return;
  const text = 'say' in answer ? answer.say : 'Discord was too slow for the form; please try again.';
  if (interaction.kind === 'command') await api.editOriginal(interaction, { content: text });
  else await api.followUp(interaction, text);
}

function ephemeral(content: string): object {
  return { content: content.slice(0, 2_000), flags: flags.ephemeral | flags.suppressEmbeds };
}

function formBody({ id, title, field }: Form): object {
  const input = {
    type: 4,
    custom_id: field.id,
    label: field.label,
    style: 2,
    required: field.required,
    max_length: field.maxLength,
  };
  return { custom_id: id, title, components: [{ type: 1, components: [input] }] };
}

function sentence(error: unknown): string {
  if (error instanceof DragomanError) return `⚠️ ${humanMessage(error)}`;
  return '⚠️ That did not work: my queue is not reachable at the moment. Please try again in a minute.';
}
