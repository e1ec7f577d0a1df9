import type { Redis } from 'ioredis';
import type { RunRequest } from '#shared/run/request.ts';
import type { KeysFile } from './api-keys-file.ts';
import { isValid, listApiKeys, type ApiKey } from './api-keys.ts';
import type { Policy } from './policy.ts';

/** What is asked about rights to a model. */
export interface ModelRights {
  redis: Redis;
  policy: Pick<Policy, 'mayUseModel'>;
  /** DRAGOMAN_API_KEYS_FILE, if there is one. */
  file: Pick<KeysFile, 'list'> | undefined;
  /** The operator's default, which every role may ask for. */
  defaultModel: string;
}

/**
 * Whether who asked for this model in a run may still do so: by their roles, and by their API key where that names
 * models. A replay asks it once more, in their name. People at the terminal may ask every model.
 */
export async function mayAskStill(
  rights: ModelRights,
  { caller, model }: { caller: RunRequest['caller']; model: string },
): Promise<boolean> {
  if (caller.kind === 'terminal') return true;
  if (model !== rights.defaultModel && !rights.policy.mayUseModel(caller, model)) return false;
  if (caller.kind !== 'api') return true;
  const named = await keysNamed(rights, caller.id);
  // A person of an identity provider, or nobody's key any more.
  return named.length === 0 || named.some(({ models }) => models === undefined || models.includes(model));
}

/** The valid keys of this name; when none is valid any more, all that there were. */
async function keysNamed({ redis, file }: ModelRights, name: string): Promise<ApiKey[]> {
  const named = [...(await listApiKeys(redis)), ...(file?.list() ?? [])].filter((key) => key.name === name);
  const valid = named.filter((key) => isValid(key, Date.now()));
  return valid.length > 0 ? valid : named;
}
