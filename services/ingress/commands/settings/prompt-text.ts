import { UserError } from '#shared/ground/errors.ts';
import { parseSetting } from '#shared/settings/change-settings.ts';
import { fenced } from '#services/ingress/delivery/escape.ts';
import { saidIn } from '#services/ingress/language/elsewhere.ts';
import type { Say } from '#services/ingress/language/say.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';

/** A prompt that somebody wrote, or the sentence that says why it cannot be taken, with what they wrote. */
export function readPrompt(say: Say, text: string): { text: string } | { refused: Answer } {
  try {
    return { text: parseSetting('prompt', text.trim()) ?? '' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const why = say('prompt.refused', { why: saidIn(say, error.message) });
    return { refused: { say: [why, shownPrompt(say, text)].join('\n'), layout: true } };
  }
}

/** What Discord shows of a prompt as it was written, with room for what stands around it. */
export function shownPrompt(say: Say, text: string, most = 3_500): string {
  const cut =
    text.length > most ? `${text.slice(0, most).toWellFormed()}\n${say('prompt.cut', { count: text.length })}` : text;
  return fenced(cut, '');
}
