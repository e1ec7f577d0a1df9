import { flags } from '../discord/api.ts';
import type { Say } from '../language/say.ts';
import type { ShownPart } from './shown-part.ts';

// What stands in place of something that Discord does not let stand.

export const movedName = 'moved';

/** Why an answer comes here and not where it was asked for. */
export function movedPart(words: string): ShownPart {
  return { name: movedName, body: { content: words, flags: flags.suppressEmbeds }, replyTo: 'question' };
}

/** The text of an answer of which Discord refuses the words. */
export function refusedText(say: Say, words: string): string {
  return say('run.refused', { why: words });
}

/** A card whose question Discord does not let stand: what cannot be read here cannot be allowed here. */
export function refusedCard(say: Say, card: ShownPart, words: string | undefined): ShownPart {
  if (words === undefined) return card;
  if (card.name.startsWith('question:')) {
    const asks = say('card.question-refused', { why: words });
    return { ...card, body: { content: asks, flags: flags.suppressEmbeds, components: [] } };
  }
  const content = say('card.does-not-stand', { why: words });
  return { ...card, body: { content, flags: flags.suppressEmbeds, components: [] } };
}
