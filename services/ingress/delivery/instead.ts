import { flags } from '../discord/api.ts';
import type { ShownPart } from './shown-part.ts';

// What stands in place of something that Discord does not let stand.

export const movedName = 'moved';

/** Why an answer comes here and not where it was asked for. */
export function movedPart(words: string): ShownPart {
  return { name: movedName, body: { content: words, flags: flags.suppressEmbeds }, replyTo: 'question' };
}

/** The text of an answer of which Discord refuses the words. */
export function refusedText(words: string): string {
  return `⚠️ My answer does not stand here: ${words} It is kept under the id of its run.`;
}

/** A card whose question Discord does not let stand: what cannot be read here cannot be allowed here. */
export function refusedCard(card: ShownPart, words: string | undefined): ShownPart {
  if (words === undefined) return card;
  if (card.name.startsWith('question:')) {
    const asks = `❓ I have a question about this, but it does not stand here: ${words}\nIt is asked in vain; please ask anew.`;
    return { ...card, body: { content: asks, flags: flags.suppressEmbeds, components: [] } };
  }
  const content = `✋ **Dragoman asks before it runs a tool**, but the question does not stand here: ${words}\n\`npx dragoman approvals\` shows and decides it.`;
  return { ...card, body: { content, flags: flags.suppressEmbeds, components: [] } };
}
