import { json } from 'node:stream/consumers';
import { stringify } from 'yaml';
import { loadConfig, ConfigError, environment } from '#shared/ground/config.ts';
import { OperatorError, errorText } from '#shared/ground/errors.ts';
import { configureLogging, createLogger } from '#shared/process/log.ts';
import { doorOf } from '#mcp/domains.ts';
import { loadServers } from '#shared/servers/list.ts';
import { config } from './config.ts';
import { layDemo } from './demo.ts';
import { givenSecrets } from './secrets/given.ts';
import { listSecrets, writeSecrets } from './secrets/write.ts';
import { toSwarm, type ComposeConfig } from './swarm/convert.ts';

// A program that ends, not a service: prepares what the containers of compose.yaml find on their volumes.
//   main.ts secrets [group …]   makes the secrets that are missing, and the named groups anew
//   main.ts demo                lays demo data on the volumes of the domains that are mounted
//   main.ts swarm               turns `docker compose config --format json` on stdin into a Swarm stack on stdout
try {
  const settings = loadConfig(config);
  configureLogging('setup', settings.LOG_LEVEL);
  const log = createLogger('setup');
  const [task, ...names] = process.argv.slice(2);
  if (task === 'secrets') {
    const { servers } = loadServers(settings.MCP_SERVERS_FILE);
    const given = { discord: { token: settings.DISCORD_TOKEN ?? '' }, llm: { api_key: settings.LLM_API_KEY ?? '' } };
    const written = writeSecrets({
      folder: settings.SECRETS_DIR,
      renew: names,
      given: { ...given, ...givenSecrets(servers, environment()) },
      // LiteLLM calls for nobody, and so gets no token for what shows people their own.
      servers: [...servers].filter(([, entry]) => doorOf(entry) === undefined).map(([name]) => name),
      ingressServer: [...servers].find(([, entry]) => doorOf(entry) === 'ingress')?.[0] ?? 'discord',
    });
    log.info({ written }, written.length === 0 ? 'all secrets exist' : 'secrets written');
  } else if (task === 'demo') {
    log.info({ laid: await layDemo() }, 'demo data is there');
  } else if (task === 'swarm') {
    const stack = toSwarm((await json(process.stdin)) as ComposeConfig, { secrets: listSecrets(settings.SECRETS_DIR) });
    process.stdout.write(stringify(stack));
  } else {
    throw new OperatorError('unknown-task', `No task ${task ?? '(none)'}. There are: secrets, demo, swarm.`);
  }
} catch (error) {
  process.exitCode = error instanceof ConfigError ? 78 : 1;
  process.stderr.write(`setup: ${errorText(error)}\n`);
}
