import type { Refusal } from '../discord/refusals.ts';
import type { Renderer } from './render.ts';
import { isAnswerPart, type ShownPart } from './shown-part.ts';

/** After a refusal: shows less, or words in its place, when that may stand. False when this place takes nothing. */
export function giveWay(renderer: Renderer, { name, body }: ShownPart, { next, words }: Refusal): boolean {
  const { files = [], embeds = [], components = [] } = body;
  // Without the right to attach files or to embed links Discord refuses the whole message.
  if (files.length > 0 && next !== 'words') renderer.without('files');
  else if (embeds.length > 0 && next !== 'words') renderer.without('embeds');
  else if (components.length > 0 && next === 'plain' && isAnswerPart(name)) renderer.without('buttons');
  else return ['files', 'plain', 'words'].includes(next) && renderer.refuse(name, words);
  return true;
}
