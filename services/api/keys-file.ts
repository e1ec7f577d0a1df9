import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { watchKeysFile, type KeysFile } from '#shared/rights/api-keys-file.ts';
import { auditFileKeys } from '#shared/rights/file-keys.ts';

const log = createLogger('api-keys');

/**
 * Reads the file of API keys, if there is one, and follows its changes. The audit log is told of them: at once, or by
 * the next change or start when Redis is away. Throws ConfigError.
 */
export async function openKeysFile(
  name: string | undefined,
  redis: Redis,
): Promise<(KeysFile & AsyncDisposable) | undefined> {
  if (name === undefined) return undefined;
  const audit = (file: KeysFile) =>
    auditFileKeys(redis, file, name).catch((error: unknown) => {
      log.error({ file: name, error: errorText(error) }, 'the audit log could not be told of the keys of the file');
    });
  const file = watchKeysFile(name, () => void audit(file));
  await audit(file);
  return file;
}
