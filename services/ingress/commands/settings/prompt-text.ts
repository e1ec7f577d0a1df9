import { UserError } from '#shared/ground/errors.ts';
import { parseSetting } from '#shared/settings/change-settings.ts';
import { fenced } from '#services/ingress/delivery/escape.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';

/** A prompt that somebody wrote, or the sentence that says why it cannot be taken, with what they wrote. */
export function readPrompt(text: string): { text: string } | { refused: Answer } {
  try {
    return { text: parseSetting('prompt', text.trim()) ?? '' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const say = [`⚠️ ${error.message} Nothing was changed. You wrote:`, shownPrompt(text)].join('\n');
    return { refused: { say, layout: true } };
  }
}

/** What Discord shows of a prompt as it was written, with room for what stands around it. */
export function shownPrompt(text: string, most = 3_500): string {
  const cut = text.length > most ? `${text.slice(0, most).toWellFormed()}\n… (${text.length} characters)` : text;
  return fenced(cut, '');
}
