import type { Redis } from 'ioredis';
import { createLogger } from '#shared/process/log.ts';
import { keys } from '#shared/redis/keys.ts';
import type { KeysFile } from '#shared/rights/api-keys-file.ts';
import type { ApiConfig } from './config.ts';

const log = createLogger('api');

/** Resolves to whether requests without a key are answered: no key was ever made, and only this machine asks. */
export type Keyless = () => Promise<boolean>;

/** Finds out whether this door needs keys, and says so in the log when it needs none, or when nobody has one. */
export async function keylessDoor(
  { API_HOST }: Pick<ApiConfig, 'API_HOST'>,
  redis: Redis,
  file: KeysFile | undefined,
): Promise<Keyless> {
  const onlyHere = API_HOST === 'localhost' || API_HOST === '::1' || API_HOST.startsWith('127.');
  // A key that was revoked still counts: whoever has made one wants the door shut.
  const anyKey = async () => (file?.list().length ?? 0) > 0 || (await redis.hlen(keys.apiKeys)) > 0;
  const some = await anyKey();
  if (!some && onlyHere) {
    log.info('no API key exists: people of this machine are answered without one, with the rights of the terminal');
  }
  if (!some && !onlyHere) {
    log.warn({ host: API_HOST }, 'no API key exists, so every request is refused: npx dragoman keys create makes one');
  }
  let shut = some || !onlyHere;
  return async () => {
    if (!shut && (await anyKey())) {
      shut = true;
      log.info('an API key exists: from now on every request needs one');
    }
    return !shut;
  };
}
