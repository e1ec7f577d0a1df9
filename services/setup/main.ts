import { loadConfig, ConfigError } from '#shared/config.ts';
import { OperatorError, errorText } from '#shared/errors.ts';
import { configureLogging, createLogger } from '#shared/log.ts';
import { config } from './config.ts';
import { layDemo } from './demo/lay.ts';
import { writeSecrets } from './secrets/write.ts';

// A program that ends, not a service: prepares what the containers of compose.yaml find on their volumes.
//   main.ts secrets [group …]   makes the secrets that are missing, and the named groups anew
//   main.ts demo                lays a demo bucket and a few documents where servers will find them
try {
  const settings = loadConfig(config);
  configureLogging('setup', settings.LOG_LEVEL);
  const log = createLogger('setup');
  const [task, ...names] = process.argv.slice(2);
  if (task === 'secrets') {
    const given = { discord: { token: settings.DISCORD_TOKEN ?? '' }, llm: { api_key: settings.LLM_API_KEY ?? '' } };
    const written = writeSecrets({ folder: settings.SECRETS_DIR, renew: names, given });
    log.info({ written }, written.length === 0 ? 'all secrets exist' : 'secrets written');
  } else if (task === 'demo') {
    log.info({ laid: await layDemo(settings.S3_DATA_DIR, settings.FILESYSTEM_ROOT) }, 'demo data is there');
  } else {
    throw new OperatorError('unknown-task', `No task ${task ?? '(none)'}. There are: secrets, demo.`);
  }
} catch (error) {
  process.exitCode = error instanceof ConfigError ? 78 : 1;
  process.stderr.write(`setup: ${errorText(error)}\n`);
}
