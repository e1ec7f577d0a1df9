import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { familyOfGroup, familyOfName, type Deployment, type Family } from './families.ts';

const log = createLogger('model-info');

/** What the gateway knows of its models: prices and providers. */
export interface ModelInfo {
  /** US dollars for the tokens by the gateway's price list; undefined when it has no price for the model. */
  costOf(model: string, usage: { inputTokens: number; outputTokens: number }): Promise<number | undefined>;
  /** The same as fast as `familyOf`; undefined as well when nobody knows yet. */
  costOfSoon(model: string, usage: { inputTokens: number; outputTokens: number }): Promise<number | undefined>;
  /** By the providers that the gateway names, else by the model's name. Takes half a second at most; never rejects. */
  familyOf(model: string): Promise<Family>;
  /**
   * Whether the model takes pictures: as the gateway says, else by its family. As fast as `familyOf`; false when nobody
   * knows, because a request with a picture would fail as a whole.
   */
  seesPictures(model: string): Promise<boolean>;
  /** Whether the gateway says that it does not; false where it says nothing. */
  isBlind(model: string): Promise<boolean>;
  /** How much the model takes and gives; undefined when the gateway does not say. As fast as `familyOf`. */
  windowOf(model: string): Promise<Window | undefined>;
}

/** In tokens. */
export interface Window {
  input: number;
  output?: number;
}

export interface ModelInfoSource {
  dispatcher: Dispatcher;
  origin: string;
  /** Path of chat completions; the list is found beside it. */
  path: string;
  key: string;
}

/** A model group, by its name. */
interface Group {
  /** US dollars per token. */
  price?: { input: number; output: number };
  deployments: Deployment[];
  /** Whether all deployments take pictures; undefined when the gateway does not say. */
  sees?: boolean;
  /** The smallest of its deployments. */
  window?: Window;
}

type Groups = ReadonlyMap<string, Group>;

/** Milliseconds that a list counts, or its absence. */
const freshMs = 600_000;
const absentMs = 60_000;
const timeoutMs = 2_000;
/** Milliseconds that a question to the model waits for the list. */
const patienceMs = 500;

// One odd field costs itself, and one odd entry costs itself; neither costs the list.
const perToken = z.number().nonnegative().nullish().catch(undefined);
const text = z.string().nullish().catch(undefined);
const tokens = z.number().int().positive().nullish().catch(undefined);
/** LiteLLM's `GET /v1/model/info`: an entry for each deployment; those of one group have one name. */
const entrySchema = z.object({
  model_name: z.string(),
  litellm_params: z.object({ model: text, custom_llm_provider: text, api_base: text }).nullish().catch(undefined),
  model_info: z
    .object({
      input_cost_per_token: perToken,
      output_cost_per_token: perToken,
      litellm_provider: text,
      base_model: text,
      max_input_tokens: tokens,
      max_output_tokens: tokens,
      supports_vision: z.boolean().nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
});
const listSchema = z.object({ data: z.array(z.unknown()) });

/**
 * Reads LiteLLM's list of models when it is first asked for, and again when that is old. The last list counts while a
 * newer one is on its way, and when there is none. Other endpoints have no such list.
 */
export function createModelInfo(source: ModelInfoSource): ModelInfo {
  let known: Groups | undefined;
  let reading: Promise<Groups> | undefined;
  let until = 0;

  async function read(): Promise<Groups> {
    try {
      known = await readList(source);
      until = Date.now() + freshMs;
    } catch (error) {
      until = Date.now() + absentMs;
      log.debug({ error: errorText(error) }, 'the gateway has no list of models with prices and providers');
    }
    known ??= new Map();
    return known;
  }

  function current(): Groups | Promise<Groups> {
    if (Date.now() >= until) reading ??= read().finally(() => (reading = undefined));
    return known ?? reading ?? new Map();
  }

  return {
    costOf: async (model, usage) => costBy((await current()).get(model), usage),
    costOfSoon: async (model, usage) => costBy((await atOnce(current()))?.get(model), usage),
    async familyOf(model) {
      const groups = await atOnce(current());
      return familyOfGroup(groups?.get(model)?.deployments ?? []) ?? familyOfName(model);
    },
    async seesPictures(model) {
      const group = (await atOnce(current()))?.get(model);
      const family = familyOfGroup(group?.deployments ?? []) ?? familyOfName(model);
      return group?.sees ?? ['openai', 'anthropic', 'gemini'].includes(family);
    },
    isBlind: async (model) => (await atOnce(current()))?.get(model)?.sees === false,
    windowOf: async (model) => (await atOnce(current()))?.get(model)?.window,
  };
}

function costBy(group: Group | undefined, usage: { inputTokens: number; outputTokens: number }): number | undefined {
  const price = group?.price;
  return price && price.input * usage.inputTokens + price.output * usage.outputTokens;
}

/** Undefined when it takes too long. */
async function atOnce<T>(value: T | Promise<T>): Promise<T | undefined> {
  if (!(value instanceof Promise)) return value;
  const patience = new AbortController();
  try {
    return await Promise.race([value, sleep(patienceMs, undefined, { signal: patience.signal, ref: false })]);
  } finally {
    patience.abort();
  }
}

async function readList({ dispatcher, origin, path, key }: ModelInfoSource): Promise<Groups> {
  const response = await dispatcher.request({
    origin,
    path: path.replace(/\/chat\/completions(?=\?|$)/, '/model/info'),
    method: 'GET',
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const body = await response.body.text();
  if (response.statusCode !== 200) throw new TypeError(`HTTP ${response.statusCode}`);
  const groups = new Map<string, Group>();
  for (const each of listSchema.parse(JSON.parse(body)).data) {
    const entry = entrySchema.safeParse(each);
    if (entry.success) addTo(groups, entry.data);
  }
  return groups;
}

function addTo(groups: Map<string, Group>, entry: z.output<typeof entrySchema>): void {
  const { model_name: name, litellm_params: params, model_info: info } = entry;
  const group: Group = groups.get(name) ?? { deployments: [] };
  groups.set(name, group);
  const input = info?.input_cost_per_token;
  const output = info?.output_cost_per_token;
  // Of a group's deployments the first with a price counts; which one answered is not known.
  if (typeof input === 'number' && typeof output === 'number') group.price ??= { input, output };
  const sees = info?.supports_vision;
  if (typeof sees === 'boolean') group.sees = sees && group.sees !== false;
  if (info?.max_input_tokens) group.window = narrower(group.window, info.max_input_tokens, info.max_output_tokens);
  const provider = params?.custom_llm_provider ?? info?.litellm_provider;
  if (params?.model || provider) {
    group.deployments.push({
      model: params?.model ?? undefined,
      baseModel: info?.base_model ?? undefined,
      provider: provider ?? undefined,
      ownServer: Boolean(params?.api_base),
    });
  }
}

/** Which deployment answers is not known, so that the smallest counts. */
function narrower(known: Window | undefined, input: number, output: number | null | undefined): Window {
  const outputs = [known?.output, output].filter((each) => typeof each === 'number');
  return { input: Math.min(known?.input ?? input, input), ...(outputs.length > 0 && { output: Math.min(...outputs) }) };
}
