/**
 * Who reads a tool's schema in the end. `other` gets the keywords that all of them take, `mixed` the narrowest form of
 * all: its model group has deployments of several families, and which one answers is not known.
 */
export type Family = 'openai' | 'anthropic' | 'gemini' | 'other' | 'mixed';

/** What the gateway tells of one deployment behind a model's name. */
export interface Deployment {
  /** The name that the provider is asked by, mostly `provider/model`. */
  model?: string | undefined;
  /** The model behind a deployment that has a name of its own, as Azure's have. */
  baseModel?: string | undefined;
  provider?: string | undefined;
  /** True for a server that the operator named: it may serve any model by any protocol. */
  ownServer: boolean;
}

/** The family by the model's name, with or without a provider in front (`openai/gpt-5`, `vertex_ai/gemini-3`). */
export function familyOfName(model: string): Family {
  const name = model.toLowerCase();
  if (/(^|[/._-])(gemini|gemma|palm)/.test(name)) return 'gemini';
  if (/(^|[/._-])claude/.test(name) || name.startsWith('anthropic/')) return 'anthropic';
  if (/^(openai\/|azure\/)?(gpt-|chatgpt-|o[1-9]([.-]|$))/.test(name)) return 'openai';
  return 'other';
}

/** The family of all deployments of a model group; undefined when there is none. */
export function familyOfGroup(deployments: readonly Deployment[]): Family | undefined {
  const families = new Set(deployments.map(familyOfDeployment));
  return families.size > 1 ? 'mixed' : [...families][0];
}

function familyOfDeployment({ model = '', baseModel = '', provider = '', ownServer }: Deployment): Family {
  const known = [model, baseModel].map(familyOfName).find((family) => family !== 'other');
  return known ?? familyOfProvider(provider.toLowerCase() || providerIn(model), ownServer);
}

function familyOfProvider(provider: string, ownServer: boolean): Family {
  if (provider === 'anthropic' || provider === 'gemini') return provider;
  // Azure's deployments have addresses of their own and serve OpenAI's models; others there are `azure_ai`.
  if (provider === 'azure' || (provider === 'openai' && !ownServer)) return 'openai';
  return 'other';
}

function providerIn(model: string): string {
  const slash = model.indexOf('/');
  return slash < 0 ? '' : model.slice(0, slash).toLowerCase();
}
