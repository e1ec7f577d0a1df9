import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { ReportedUsage } from './gateway.ts';

const log = createLogger('prices');

/** What the gateway knows about its models' prices. */
export interface Prices {
  /** US dollars for the tokens by the gateway's price list; undefined when it has no price for the model. */
  costOf(model: string, usage: ReportedUsage): Promise<number | undefined>;
}

export interface PriceSource {
  dispatcher: Dispatcher;
  origin: string;
  /** Path of chat completions; the price list is found beside it. */
  path: string;
  key: string;
}

interface Price {
  input: number;
  output: number;
}

/** Milliseconds for which a list, or its absence, is remembered. */
const freshMs = 600_000;
const absentMs = 60_000;
const timeoutMs = 2_000;

const perToken = z.number().nonnegative().nullish();
/** LiteLLM's `GET /v1/model/info`: US dollars per token. */
const listSchema = z.object({
  data: z.array(
    z.object({
      model_name: z.string(),
      model_info: z.object({ input_cost_per_token: perToken, output_cost_per_token: perToken }).nullish(),
    }),
  ),
});

/** Reads LiteLLM's price list when an answer came without its cost, and remembers it for a while. */
export function createPrices(source: PriceSource): Prices {
  let list: Promise<Map<string, Price>> | undefined;
  let until = 0;

  function current(): Promise<Map<string, Price>> {
    if (list && Date.now() < until) return list;
    until = Date.now() + freshMs;
    list = readList(source).catch((error: unknown) => {
      until = Date.now() + absentMs;
      log.debug({ error: errorText(error) }, 'the gateway has no price list');
      return new Map<string, Price>();
    });
    return list;
  }

  return {
    async costOf(model, { inputTokens, outputTokens }) {
      const price = (await current()).get(model);
      return price && price.input * inputTokens + price.output * outputTokens;
    },
  };
}

async function readList({ dispatcher, origin, path, key }: PriceSource): Promise<Map<string, Price>> {
  const response = await dispatcher.request({
    origin,
    path: path.replace(/\/chat\/completions(?=\?|$)/, '/model/info'),
    method: 'GET',
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const body = await response.body.text();
  if (response.statusCode !== 200) throw new TypeError(`HTTP ${response.statusCode}`);
  const prices = new Map<string, Price>();
  for (const { model_name: name, model_info: info } of listSchema.parse(JSON.parse(body)).data) {
    const input = info?.input_cost_per_token;
    const output = info?.output_cost_per_token;
    // When several deployments share a name, the first with a price counts, because nobody knows which one answered.
    if (typeof input === 'number' && typeof output === 'number' && !prices.has(name)) {
      prices.set(name, { input, output });
    }
  }
  return prices;
}
