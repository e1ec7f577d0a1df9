import { errorText, UpstreamError } from '#shared/ground/errors.ts';
import { askGateway, gatewayModels } from '#shared/process/gateway-models.ts';
import { createLogger } from '#shared/process/log.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { RunRequest } from '#shared/run/request.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError } from '../http/errors.ts';
import { pricesIn, type Price } from './prices.ts';

const log = createLogger('models');

/** A model name with this end is the model alone: no tools, no run, for titles and tags. */
const plainEnd = '-without-tools';
/** The name under which the operator's default model is asked. */
export const defaultName = 'dragoman';

/** What a model's name in a request means. */
export interface Chosen {
  /** The name as the client wrote it, for the answer. */
  name: string;
  /** The gateway's name. */
  model: string;
  /** Without tools and without a run. */
  plain: boolean;
}

export interface Models {
  /** Names that the caller may ask for, the default first. */
  list(caller: ApiCaller): Promise<string[]>;
  /** Throws ApiError 404 `model_not_found` for a name that nobody knows or that the caller may not ask for. */
  choose(caller: ApiCaller, name: string): Promise<Chosen>;
  /** The model that a run of this request asks, as rights know it; `mayAsk` whether the caller may ask for it. */
  behind(request: Pick<RunRequest, 'model' | 'tools'>): string;
  mayAsk(caller: ApiCaller, model: string): boolean;
  /** US dollars for these tokens by the gateway's price list; undefined where it has no price. Never rejects. */
  costOf(model: string, usage: { inputTokens: number; outputTokens: number }): Promise<number | undefined>;
  /** Rejects with a sentence for the operator when the gateway's list cannot be read. */
  check(): Promise<void>;
}

export interface ModelSettings {
  LITELLM_API_BASE: string;
  LITELLM_API_KEY: string;
  MODEL_NAME: string;
  API_UNKNOWN_MODEL: 'refuse' | 'default';
  TITLE_MODEL?: string | undefined;
}

/** Milliseconds for which a list of the gateway is used. */
const freshMs = 30_000;
/** Milliseconds for which its list of prices is. */
const pricesFreshMs = 600_000;

export function createModels(settings: ModelSettings, policy: PolicySource): Models {
  let known: { names: string[]; at: number } | undefined;

  let prices: { at: number; reading: Promise<Map<string, Price>> } | undefined;

  function knownPrices(): Promise<Map<string, Price>> {
    if (prices && Date.now() - prices.at < pricesFreshMs) return prices.reading;
    const reading = askGateway(settings, '/model/info')
      .then(pricesIn)
      // Only LiteLLM has such a list.
      .catch(() => new Map<string, Price>());
    prices = { at: Date.now(), reading };
    return reading;
  }

  async function names(): Promise<string[]> {
    if (known && Date.now() - known.at < freshMs) return known.names;
    try {
      known = { names: await gatewayModels(settings), at: Date.now() };
    } catch (error) {
      log.warn({ error: errorText(error) }, 'the list of models cannot be read; the last one stays');
      known = { names: known?.names ?? [], at: Date.now() };
    }
    return known.names;
  }

  /** The key narrows what the roles grant. */
  function may(caller: ApiCaller, model: string): boolean {
    if (model !== settings.MODEL_NAME && !policy.current().mayUseModel(caller, model)) return false;
    return caller.models === undefined || caller.models.includes(model);
  }

  async function usable(caller: ApiCaller): Promise<string[]> {
    const all = [...new Set([settings.MODEL_NAME, ...(await names())])];
    return all.filter((model) => may(caller, model));
  }

  function withDefault(own: string[]): string[] {
    return own.includes(settings.MODEL_NAME) ? [defaultName, ...own] : own;
  }

  return {
    async list(caller) {
      return withDefault(await usable(caller)).flatMap((name) => [name, `${name}${plainEnd}`]);
    },
    async choose(caller, name) {
      const plain = name.endsWith(plainEnd);
      const asked = plain ? name.slice(0, -plainEnd.length) : name;
      const own = await usable(caller);
      const model = asked === defaultName ? settings.MODEL_NAME : asked;
      if (own.includes(model)) {
        // Whoever may ask for the default may have its titles from the model that the operator chose for them.
        const titles = plain && asked === defaultName ? settings.TITLE_MODEL : undefined;
        return { name, model: titles ?? model, plain };
      }
      if (settings.API_UNKNOWN_MODEL === 'default' && own.includes(settings.MODEL_NAME)) {
        return { name, model: settings.MODEL_NAME, plain };
      }
      const shown = withDefault(own).slice(0, 20).join(', ') || 'none';
      throw new ApiError(
        404,
        `There is no model ${JSON.stringify(name.slice(0, 100))} for this key. Models: ${shown}.`,
        {
          param: 'model',
          code: 'model_not_found',
        },
      );
    },
    // Whoever may ask for the default may have its titles from the model that the operator chose for them.
    behind: ({ model = settings.MODEL_NAME, tools }) =>
      !tools && model === settings.TITLE_MODEL ? settings.MODEL_NAME : model,
    mayAsk: may,
    async costOf(model, { inputTokens, outputTokens }) {
      const price = (await knownPrices()).get(model);
      return price && price.input * inputTokens + price.output * outputTokens;
    },
    async check() {
      try {
        await gatewayModels(settings);
      } catch (error) {
        throw new UpstreamError(
          'gateway-away',
          `The model gateway (LITELLM_API_BASE) cannot be asked for its models: ${errorText(error)}`,
        );
      }
    },
  };
}
