import { expect, test } from 'vitest';
import { composeService } from '#test/lib/compose-file.ts';
import { readSections } from './variables.ts';

/** What a container decides for itself, or has one right value of in the stack. */
const own = new Set(['METRICS_PORT', 'METRICS_HOST', 'HOST', 'PORT', 'TOOL_RUNNERS', 'SYSTEM_PROMPT_FILE']);

const readers: [service: string, sources: string[]][] = [
  ['ingress', ['services/ingress/config.ts']],
  ['worker', ['services/worker/config.ts']],
  ['tool-runner-postgres', ['services/tool-runner/config.ts', 'mcp/postgres/domain.ts']],
  ['tool-runner-storage', ['services/tool-runner/config.ts', 'mcp/storage/domain.ts']],
  ['tool-runner-fetch', ['services/tool-runner/config.ts', 'mcp/fetch/domain.ts']],
  ['tool-runner-filesystem', ['services/tool-runner/config.ts', 'mcp/filesystem/domain.ts']],
];

test.each(readers)('compose.yaml hands every setting of %s on', async (service, sources) => {
  const handed = Object.keys(composeService(service).environment ?? {});
  const wanted = (await readSections())
    .filter(({ source }) => sources.includes(source))
    .flatMap(({ variables }) => variables.map(({ name }) => name))
    .filter((name) => !own.has(name));
  const missing = wanted.filter((name) => !handed.includes(name) && !handed.includes(`${name}_FILE`));
  // Set per server: where writes are remembered, and the time a call may take comes from the worker.
  expect(missing.filter((name) => !['IDEMPOTENCY_FILE', 'TOOL_TIMEOUT_MS'].includes(name))).toEqual([]);
});
