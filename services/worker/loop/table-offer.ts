import { queryAttachmentName } from '../tools/builtin/attachments/query-attachment.ts';
import type { Offer } from '../tools/toolbox.ts';

/** Offers are the same for many runs, and so is what is made of them. */
const without = new WeakMap<Offer, Offer>();
const within = new WeakMap<Offer, Offer>();

/** The tool that queries attached tables is offered where there are some, whatever is asked, and nowhere else. */
export function withTableTool(offer: Offer, hasTables: boolean): Offer {
  const made = hasTables ? within : without;
  const known = made.get(offer) ?? {
    ...offer,
    tools: offer.tools.flatMap((tool) =>
      tool.name !== queryAttachmentName ? [tool] : hasTables ? [{ ...tool, core: true }] : [],
    ),
  };
  made.set(offer, known);
  return known;
}
