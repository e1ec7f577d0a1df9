import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { domainNames, stackOf } from '#mcp/domains.ts';
import { composeService } from '#test/lib/compose-file.ts';
import { readSections, takenByCompose } from './variables.ts';

/** Variables that a container decides for itself, or that have one right value in the stack. */
const own = new Set([
  'METRICS_PORT',
  'METRICS_HOST',
  'HOST',
  'PORT',
  'TOOL_RUNNERS',
  'SYSTEM_PROMPT_FILE',
  'DISCORD_PROMPT_FILE',
]);

const readers: [service: string, sources: string[]][] = [
  ['ingress', ['services/ingress/config.ts']],
  ['worker', ['services/worker/config.ts']],
  ['api', ['services/api/config.ts']],
  ...domainNames
    .filter((name) => stackOf(name).door === undefined)
    .map((name): [string, string[]] => [
      `tool-runner-${name}`,
      ['services/tool-runner/config.ts', `mcp/${name}/domain.ts`],
    ]),
];

/** What .env.example says of each variable in the brackets before it. */
function marks(): Map<string, string> {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../.env.example'), 'utf8');
  return new Map([...text.matchAll(/^# (.*)\n#([A-Z][A-Z0-9_]*)=/gm)].map(([, said = '', name = '']) => [name, said]));
}

// This reads the files; test/compose/35-settings.test.ts asks Docker Compose itself.
test('.env.example marks what docker compose does not take from .env', () => {
  const said = marks();
  const taken = takenByCompose();
  const setUp = ['SECRETS_DIR'];
  expect(said.size).toBeGreaterThan(100);
  for (const [name, remark] of said) {
    if (!setUp.includes(name))
      expect({ name, only: remark.includes('npm start only') }).toEqual({ name, only: !taken.has(name) });
  }
  for (const name of ['SYSTEM_PROMPT_FILE', 'POSTGRES_URL', 'REDIS_URL', 'METRICS_PORT', 'TOOL_RUNNERS']) {
    expect(said.get(name), name).toContain('npm start only');
  }
  for (const name of [
    'DISCORD_TOKEN',
    'LLM_API_KEY',
    'SYSTEM_PROMPT',
    'FETCH_ALLOWED_HOSTS',
    'FETCH_PORTS',
    'WORKERS',
  ]) {
    expect(said.get(name), name).not.toContain('npm start only');
  }
});

test.each(readers)('compose.yaml hands every setting of %s on', async (service, sources) => {
  const handed = Object.keys(composeService(service).environment ?? {});
  const wanted = (await readSections())
    .filter(({ source }) => sources.includes(source))
    .flatMap(({ variables }) => variables.map(({ name }) => name))
    .filter((name) => !own.has(name));
  const missing = wanted.filter((name) => !handed.includes(name) && !handed.includes(`${name}_FILE`));
  // Left out: where writes are remembered is set per server, and the time that a call may take comes from the worker.
  expect(missing.filter((name) => !['IDEMPOTENCY_FILE', 'TOOL_TIMEOUT_MS'].includes(name))).toEqual([]);
});
