import { z } from 'zod';

const offeringSchema = z.object({ core: z.array(z.string()).default([]), keywords: z.string().default('') });

/** How a domain of ours wants its tools offered: see `core` and `keywords` of `Domain` (mcp/kit.ts). */
export type Offering = z.output<typeof offeringSchema>;

/** Of servers that say nothing. */
export const notOffering: Offering = { core: [], keywords: '' };

/** Reads what a tool-runner says of its domain's tools; nothing for what cannot be read. */
export function readOffering(value: unknown): Offering {
  return offeringSchema.safeParse(value).data ?? notOffering;
}
