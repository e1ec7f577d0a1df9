import { z } from 'zod';

/** US dollars per token. */
export interface Price {
  input: number;
  output: number;
}

const perToken = z.number().nonnegative().nullish().catch(undefined);
const entrySchema = z.object({
  model_name: z.string(),
  model_info: z.object({ input_cost_per_token: perToken, output_cost_per_token: perToken }),
});
const listSchema = z.object({ data: z.array(z.unknown()) });

/** The prices in LiteLLM's `GET /v1/model/info`, by the name of the model; one without a price is left out. */
export function pricesIn(list: unknown): Map<string, Price> {
  const prices = new Map<string, Price>();
  for (const each of listSchema.parse(list).data) {
    const entry = entrySchema.safeParse(each);
    if (!entry.success) continue;
    const { input_cost_per_token: input, output_cost_per_token: output } = entry.data.model_info;
    // Models of embeddings have a price for what goes in alone. Of several deployments the first one counts.
    if (typeof input !== 'number' || prices.has(entry.data.model_name)) continue;
    prices.set(entry.data.model_name, { input, output: output ?? 0 });
  }
  return prices;
}
