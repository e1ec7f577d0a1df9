import { setTimeout as sleep } from 'node:timers/promises';
import type { RawFile } from 'discord.js';
import { createLogger } from '#shared/process/log.ts';
import { errorText, humanMessage, DragomanError } from '#shared/ground/errors.ts';
import { flags, original, type DiscordApi, type MessageBody } from '../discord/api.ts';
import { refusalOf } from '../discord/errors.ts';
import { interactionUnanswered } from '../events.ts';
import { saidIn } from '../language/elsewhere.ts';
import type { Say } from '../language/say.ts';
import type { SpokenInteraction } from './interaction.ts';

const log = createLogger('interactions');

/** The answer to an interaction. */
export type Answer =
  /** A text that only this person sees. */
  | Said
  /** Nothing to see, because the message itself shows what happened. */
  | 'quiet'
  /** "… is thinking", for everybody; the run's answer replaces it. */
  | 'think'
  | { form: Form }
  /** Suggestions for the option that a person is typing; Discord shows 25. */
  | { suggest: Suggestion[] };

export interface Suggestion {
  /** What is shown, at most 100 characters. */
  name: string;
  /** What is sent, at most 100 characters. */
  value: string;
}

export interface Said {
  say: string;
  /** Buttons beneath it. */
  components?: object[];
  files?: RawFile[];
  /** It takes the place of the message whose button was pressed, which only this person sees. */
  update?: boolean;
  /** `components` are a layout of Discord's second kind: the text becomes the first of them and may be longer. */
  layout?: boolean;
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
  const { kind, data, files } =
    'say' in answer
      ? { kind: answer.update ? type.update : type.message, data: saidBody(answer), files: answer.files }
      : { kind: type.modal, data: 'form' in answer ? formBody(answer.form) : {}, files: undefined };
  await orWords(
    interaction.say,
    () => api.respond(interaction, kind, data, files),
    (words) => api.respond(interaction, type.message, ephemeral(words)),
  );
}

/** Discord takes nothing but suggestions while a person types; without any, they type on. */
async function suggest(api: DiscordApi, interaction: SpokenInteraction, answer: Answer | 'late'): Promise<void> {
  const found = typeof answer === 'object' && 'suggest' in answer ? answer.suggest : [];
  await api.respond(interaction, type.suggestions, { choices: found.slice(0, 25) });
}

async function defer(api: DiscordApi, interaction: SpokenInteraction, everybody: boolean): Promise<void> {
  if (interaction.kind !== 'command') return api.respond(interaction, type.deferredUpdate);
  return api.respond(interaction, type.deferredMessage, everybody ? undefined : { flags: flags.ephemeral });
}

async function follow(api: DiscordApi, interaction: SpokenInteraction, answer: Answer): Promise<void> {
  if (answer === 'think' || (answer === 'quiet' && interaction.kind !== 'command')) return;
  const said: Said =
    answer === 'quiet'
      ? { say: interaction.say('done') }
      : 'say' in answer
        ? answer
        : { say: interaction.say('form.too-slow') };
  const body = (each: Said) => ({ ...saidBody(each), ...(each.files && { files: each.files }) });
  const privately = (each: Said) => api.hook.post(interaction, { ...body(each), flags: hidden(each) });
  const inPlace = (each: Said) => api.hook.edit(interaction, original, body(each));
  const words = (act: (each: Said) => Promise<unknown>) => (text: string) => act({ say: text });
  if (interaction.kind !== 'command') {
    return orWords(interaction.say, () => (said.update ? inPlace(said) : privately(said)), words(privately));
  }
  try {
    await orWords(interaction.say, () => inPlace(said), words(inPlace));
  } catch (error) {
    // "… is thinking" must not stay: another message says it, or at least it goes.
    await privately(said).catch(() => api.hook.remove(interaction, original));
    throw error;
  }
}

function hidden({ layout }: Said): number {
  return layout ? flags.ephemeral | flags.layout : flags.ephemeral;
}

/** Discord's kind of component that is a text. */
const textDisplay = 10;

function saidBody({ say, components = [], update, layout }: Said): MessageBody {
  if (layout) {
    const shown = [{ type: textDisplay, content: say.slice(0, 4_000) }, ...components];
    return { components: shown, flags: flags.layout | (update ? 0 : flags.ephemeral) };
  }
  const content = say.slice(0, 2_000);
  // What is written anew stays as visible as it was.
  return { content, components, ...(update ? { attachments: [] } : { flags: flags.ephemeral | flags.suppressEmbeds }) };
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
    await tell(say('answer.not-shown', { why: words(say) }));
  }
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
    ...(field.value !== undefined && { value: field.value }),
  };
  return { custom_id: id, title, components: [{ type: 1, components: [input] }] };
}

function sentence(say: Say, error: unknown): string {
  if (error instanceof DragomanError) return `⚠️ ${saidIn(say, humanMessage(error))}`;
  return say('answer.queue-away');
}
