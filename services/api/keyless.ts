import type { Redis } from 'ioredis';
import { createLogger } from '#shared/process/log.ts';
import { keys } from '#shared/redis/keys.ts';
import type { KeysFile } from '#shared/rights/api-keys-file.ts';
import type { ApiConfig } from './config.ts';

const log = createLogger('api');

/** Milliseconds after which it is looked whether a first key was made. */
const againMs = 2_000;

export interface Keyless extends AsyncDisposable {
  /** Whether requests without a key are answered: no key was ever made, and only this machine reaches the port. */
  open(): boolean;
}

/**
 * Finds out whether this door needs keys. Without any key only this machine is answered, and the log says so. Throws
 * ConfigError when others reach the port and nobody has a key.
 */
export async function watchKeyless(
  { API_HOST }: Pick<ApiConfig, 'API_HOST'>,
  redis: Redis,
  file: KeysFile | undefined,
): Promise<Keyless> {
  const onlyHere = API_HOST === 'localhost' || API_HOST === '::1' || API_HOST.startsWith('127.');
  const any = async () => (file?.list().length ?? 0) > 0 || (await redis.hlen(keys.apiKeys)) > 0;
  let open = onlyHere && !(await any());
  if (!onlyHere && !(await any())) {
    log.warn(
      { host: API_HOST },
      'no API key exists yet, and every request is refused: npx dragoman keys create makes one',
    );
  }
  if (open)
    log.info('no API key exists: people of this machine are answered without one, with the rights of the terminal');
  const timer = setInterval(() => {
    any()
      .then((exists) => {
        // Once somebody has made a key it stays shut, even when all are revoked.
        if (!open || !exists) return;
        open = false;
        log.info('an API key exists: from now on every request needs one');
      })
      .catch(() => undefined);
  }, againMs);
  timer.unref();
  return {
    open: () => open,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
    },
  };
}
