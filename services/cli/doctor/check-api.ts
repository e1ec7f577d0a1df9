import { errorText } from '#shared/ground/errors.ts';
import { isValid, listApiKeys } from '#shared/rights/api-keys.ts';
import { readKeysFile } from '#shared/rights/api-keys-file.ts';
import type { CliConfig } from '../config.ts';
import { connectStack } from '../stack.ts';
import { broken, ok, warning, type Finding } from './finding.ts';

const name = 'http api';

/** Checks that the HTTP API answers and is ready, and who could use it. */
export async function checkApi(config: CliConfig): Promise<Finding> {
  const url = config.DRAGOMAN_API_URL?.replace(/\/$/, '');
  if (url === undefined)
    return warning(name, 'not looked at: no stack is known', 'npm start, or set DRAGOMAN_API_URL.');
  const problem = await problemAt(url);
  if (problem !== undefined) return broken(name, `${url}: ${problem}`, 'The log of the service api says why.');
  try {
    const valid = await countKeys(config);
    if (valid > 0) return ok(name, `${url}, ${valid} valid key(s)`);
    const response = await ask(`${url}/v1/models`);
    if (response.ok) return ok(name, `${url}; no API key exists: only its own machine is answered`);
    const mend = 'npx dragoman keys create --name me --role member makes one.';
    return warning(name, `${url}: no key is valid, so every request is refused`, mend);
  } catch (error) {
    return broken(name, `its keys cannot be read: ${errorText(error)}`, 'Mend the file, or see Redis above.');
  }
}

async function problemAt(url: string): Promise<string | undefined> {
  try {
    const { ok: ready, status } = await ask(`${url}/readyz`);
    if (ready) return undefined;
    return status === 503 ? 'not ready: Redis or the model gateway does not answer it' : `/readyz answers ${status}`;
  } catch (error) {
    return `no answer (${errorText(error)})`;
  }
}

async function ask(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  await response.body?.cancel();
  return response;
}

async function countKeys(config: CliConfig): Promise<number> {
  await using connection = await connectStack(config);
  const { DRAGOMAN_API_KEYS_FILE: file } = config;
  const all = [...(await listApiKeys(connection.redis)), ...(file === undefined ? [] : readKeysFile(file).list())];
  return all.filter((key) => isValid(key, Date.now())).length;
}
