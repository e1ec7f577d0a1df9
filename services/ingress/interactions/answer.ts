import { setTimeout as sleep } from 'node:timers/promises';
import type { RawFile } from 'discord.js';
import { createLogger } from '#shared/process/log.ts';
import { errorText, humanMessage, DragomanError } from '#shared/ground/errors.ts';
import { flags, original, type DiscordApi, type MessageBody } from '../discord/api.ts';
import { refusalOf } from '../discord/errors.ts';
import { interactionUnanswered } from '../events.ts';
import { failureIn } from '../language/failures.ts';
import type { Say } from '../language/say.ts';
import type { SpokenInteraction } from './interaction.ts';

const log = createLogger('interactions');

/** The answer to an interaction. */
export type Answer =
  /** A text that only this person sees. */
  | ({ say: string } & Beneath)
  /** The message with the button or menu that was used says this from now on. */
  | ({ change: string } & Beneath)
  /** Suggestions for the option that a person is typing; Discord shows 25. */
  | { suggest: Suggestion[] }
  /** Nothing to see, because the message itself shows what happened. */
  | 'quiet'
  /** "… is thinking", for everybody; the run's answer replaces it. */
  | 'think'
  | { form: Form };

interface Beneath {
  /** Buttons and menus: Discord's rows of components. */
  components?: object[];
  files?: RawFile[];
}

export interface Suggestion {
  /** What is shown, at most 100 characters. */
  name: string;
  /** What is sent, at most 100 characters. */
  value: string;
}

/** A form with one field, filled in with `value` to begin with. */
export interface Form {
  id: string;
  title: string;
  field: { id: string; label: string; required: boolean; maxLength: number; value?: string };
}

/** Milliseconds. Discord waits 3 s for the first answer. */
const answerWithinMs = 2_000;

const type = { message: 4, deferredMessage: 5, deferredUpdate: 6, update: 7, suggestions: 8, modal: 9 } as const;

/**
 * Answers in time, however long `handle` takes: a slow answer is deferred and follows later. With `public`, deferring
 * shows "… is thinking" to everybody. Errors become a sentence that only this person sees. Never rejects.
 */
export async function answerInTime(
  api: DiscordApi,
  interaction: SpokenInteraction,
  options: { public: boolean },
  handle: () => Promise<Answer>,
): Promise<void> {
  const work = handle().catch((error: unknown): Answer => {
    log.error({ interaction: interaction.name, error: errorText(error) }, 'an interaction failed');
    return { say: sentence(interaction.say, error) };
  });
  const timer = new AbortController();
  const late = sleep(answerWithinMs, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  try {
    const first = await Promise.race([work, late]);
    timer.abort();
    if (interaction.kind === 'typing') return await suggest(api, interaction, first);
    if (first !== 'late') return await respond(api, interaction, first);
    await defer(api, interaction, options.public);
    await follow(api, interaction, await work);
  } catch (error) {
    // Its token was no longer accepted: Discord itself tells the person, and nothing else can reach them.
    interactionUnanswered({ interaction: interaction.name, error: errorText(error) });
  }
}

async function respond(api: DiscordApi, interaction: SpokenInteraction, answer: Answer): Promise<void> {
  if (answer === 'quiet') {
    if (interaction.kind === 'command')
      return api.respond(interaction, type.message, ephemeral(interaction.say('done')));
    return api.respond(interaction, type.deferredUpdate);
  }
  if (answer === 'think') return api.respond(interaction, type.deferredMessage);
  const { kind, data, files } = bodyOf(answer);
  await orWords(
    interaction.say,
    () => api.respond(interaction, kind, data, files),
    (words) => api.respond(interaction, type.message, ephemeral(words)),
  );
}

type Worded = Exclude<Answer, string>;

function bodyOf(answer: Worded): { kind: number; data: object; files?: RawFile[] | undefined } {
  if ('form' in answer) return { kind: type.modal, data: formBody(answer.form) };
  if ('suggest' in answer)
    return { kind: type.suggestions, data: { choices: answer.suggest.slice(0, mostSuggestions) } };
  const { components = [], files } = answer;
  // What is written anew stays as visible as it was.
  if ('change' in answer) {
    return { kind: type.update, data: { ...messageBody(answer.change), components, attachments: [] }, files };
  }
  return { kind: type.message, data: { ...ephemeral(answer.say), components }, files };
}

const mostSuggestions = 25;

/** Discord takes nothing but suggestions while a person types; without any, they type on. */
async function suggest(api: DiscordApi, interaction: SpokenInteraction, answer: Answer | 'late'): Promise<void> {
  const found = typeof answer === 'object' && 'suggest' in answer ? answer.suggest : [];
  await api.respond(interaction, type.suggestions, { choices: found.slice(0, mostSuggestions) });
}

async function defer(api: DiscordApi, interaction: SpokenInteraction, everybody: boolean): Promise<void> {
  if (interaction.kind !== 'command') return api.respond(interaction, type.deferredUpdate);
  return api.respond(interaction, type.deferredMessage, everybody ? undefined : { flags: flags.ephemeral });
}

async function follow(api: DiscordApi, interaction: SpokenInteraction, answer: Answer): Promise<void> {
  if (answer === 'think' || (answer === 'quiet' && interaction.kind !== 'command')) return;
  const body = bodyOf(late(interaction.say, answer));
  const sent: MessageBody = { ...body.data, ...(body.files && { files: body.files }) };
  const privately = (each: MessageBody) => api.hook.post(interaction, { ...each, flags: flags.ephemeral });
  const inPlace = (each: MessageBody) => api.hook.edit(interaction, original, each);
  const words = (act: (each: MessageBody) => Promise<unknown>) => (text: string) => act(messageBody(text));
  if (interaction.kind !== 'command') {
    return orWords(
      interaction.say,
      () => (body.kind === type.update ? inPlace(sent) : privately(sent)),
      words(privately),
    );
  }
  try {
    await orWords(interaction.say, () => inPlace(sent), words(inPlace));
  } catch (error) {
    // "… is thinking" must not stay: another message says it, or at least it goes.
    await privately(sent).catch(() => api.hook.remove(interaction, original));
    throw error;
  }
}

/** What can still be shown of an answer that came after it was deferred. */
function late(say: Say, answer: Answer): Exclude<Worded, { form: Form } | { suggest: Suggestion[] }> {
  if (answer === 'quiet' || answer === 'think') return { say: say('done') };
  if ('form' in answer || 'suggest' in answer) return { say: say('form.too-slow') };
  return answer;
}

/** Says why, when Discord refuses what was to be said. */
async function orWords(
  say: Say,
  act: () => Promise<unknown>,
  tell: (words: string) => Promise<unknown>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    const { next, words } = refusalOf(error);
    if (!['plain', 'words', 'files'].includes(next)) throw error;
    log.warn({ error: errorText(error) }, 'Discord refuses the answer to an interaction');
    await tell(say('answer.not-shown', { why: words }));
  }
}

function ephemeral(content: string): object {
  return { ...messageBody(content), flags: flags.ephemeral | flags.suppressEmbeds };
}

function messageBody(content: string): { content: string } {
  return { content: content.slice(0, 2_000) };
}

function formBody({ id, title, field }: Form): object {
  const input = {
    type: 4,
    custom_id: field.id,
    label: field.label,
    style: 2,
    required: field.required,
    max_length: field.maxLength,
    ...(field.value !== undefined && { value: field.value }),
  };
  return { custom_id: id, title, components: [{ type: 1, components: [input] }] };
}

function sentence(say: Say, error: unknown): string {
  if (error instanceof DragomanError) return `⚠️ ${failureIn(say, humanMessage(error))}`;
  return say('answer.queue-away');
}
