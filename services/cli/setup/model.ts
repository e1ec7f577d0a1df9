import { duration, oneLine } from '../text.ts';
import { describeServer, findLocalModels, type LocalServer } from './local-models.ts';
import { providers, type Provider } from './providers.ts';
import type { Part } from './part.ts';
import type { Talk } from './talk.ts';
import { listModels, tryModel, type Endpoint } from './try-model.ts';

const another = 'another endpoint in OpenAI’s format (LiteLLM, vLLM, a company’s own …)';
const mostListed = 30;

/** Chooses a model, asks it something, and keeps it when it answers. */
export const setUpModel: Part = async (talk, { now, keep, ports }) => {
  talk.say(
    `\nModel. Now: ${now['LITELLM_API_BASE'] ? `${now['MODEL_NAME'] ?? 'default'} at ${now['LITELLM_API_BASE']}` : 'none; the offline model answers by rules'}.`,
  );
  const local = await findLocalModels(ports ? { ports } : {});
  const lines = [
    ...local.map((server) => `${describeServer(server)}, on this machine`),
    ...providers.map(({ name }) => `${name}, with a key of yours`),
    another,
  ];
  for (;;) {
    const chosen = await talk.choose('Which one?', lines);
    if (chosen === undefined) return talk.say('The model stays as it is.');
    const endpoint = await endpointOf(talk, local[chosen], providers[chosen - local.length]);
    if (await works(talk, endpoint)) {
      keep({ LITELLM_API_BASE: endpoint.base, LITELLM_API_KEY: endpoint.key, MODEL_NAME: endpoint.model });
      return;
    }
  }
};

async function endpointOf(
  talk: Talk,
  local: LocalServer | undefined,
  provider: Provider | undefined,
): Promise<Endpoint> {
  const base = local?.base ?? provider?.base ?? (await address(talk));
  if (provider) talk.say(`A key is made at ${provider.keys}`);
  const wantsKey = local ? local.wantsKey : true;
  const key = wantsKey ? (await talk.secret(provider ? 'Key' : 'Key, or Enter for none')) || undefined : undefined;
  const known = local && !local.wantsKey ? local.models : await listModels(base, key);
  if (known.length > 0 && known.length <= mostListed) {
    const at = await talk.choose('Which model?', known);
    if (at !== undefined) return { base, key, model: known[at] ?? '' };
  }
  return { base, key, model: await talk.ask('Name of the model', provider?.model ?? known[0] ?? 'default') };
}

async function address(talk: Talk): Promise<string> {
  for (;;) {
    const base = await talk.ask('Its address, which mostly ends in /v1', 'http://127.0.0.1:4000/v1');
    if (URL.canParse(base) && /^https?:$/.test(new URL(base).protocol)) return base.replace(/\/$/, '');
    talk.bad('That is no address: it begins with http:// or https://.');
  }
}

/** Whether the model answers, or is wanted although it does not. */
async function works(talk: Talk, endpoint: Endpoint): Promise<boolean> {
  talk.say(`Asking ${endpoint.model} something …`);
  const trial = await tryModel(endpoint);
  if (!trial.works) {
    talk.bad(`It does not work: ${trial.why}.`);
    return false;
  }
  if (trial.usesTools) {
    talk.good(`It answers after ${duration(trial.ms)}, and uses tools.`);
    return true;
  }
  talk.bad(
    `It answers after ${duration(trial.ms)}, but without the tool it was asked to use: “${oneLine(trial.said, 100)}”`,
  );
  talk.say('With such a model few questions get a right answer.');
  return talk.yes('Take it all the same?', false);
}
