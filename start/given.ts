import { errorText } from '#shared/ground/errors.ts';
import { readSecret, type Environment } from '#shared/ground/config.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { parseRedisUrl } from '#shared/redis/url.ts';
import { StartError } from './errors.ts';

// What the person gives the starter, which it hands on to some services only.

/** Secrets that the starter itself has to know; the others go to their services as they are, file or not. */
const known = ['REDIS_URL', 'LITELLM_API_KEY', 'DRAGOMAN_SIGNING_KEY'];

/** Puts those secrets in `env` that NAME_FILE names. Throws StartError when a file cannot be read. */
export function readGivenSecrets(env: Environment): void {
  for (const name of known) {
    try {
      const secret = readSecret(name, env);
      if (secret !== undefined) env[name] = secret;
    } catch (error) {
      throw new StartError(errorText(error), { cause: error });
    }
  }
}

/** Throws StartError when the person's Redis does not answer: every service would say so in words of its own. */
export async function checkGivenRedis(url: string): Promise<void> {
  let away: string | undefined;
  try {
    parseRedisUrl(url);
  } catch {
    // Each service says what is wrong with the address.
    return;
  }
  const redis = connectRedis(url, 'start', { failFast: true });
  redis.on('error', (error: Error) => (away = error.message));
  try {
    await redis.ping();
  } catch (error) {
    throw new StartError(
      `The Redis of REDIS_URL does not answer (${away ?? errorText(error)}). Start it, correct REDIS_URL in .env or in the environment, or take it out: npm start then runs a Redis of its own.`,
      { cause: error },
    );
  } finally {
    redis.disconnect();
  }
}
