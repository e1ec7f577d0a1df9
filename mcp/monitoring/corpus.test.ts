import { afterAll, beforeAll, describe } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { described, testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { illnesses, startIllServer, type IllServer } from '#mcp/http/testing/ill-server.ts';
import { testTools, type Answer, type TestTools } from './testing/tools.ts';

interface MonitoringCase extends CorpusCase {
  tool: string;
  arguments: Record<string, unknown>;
  server: string;
  expect: 'answer' | 'error';
  says: string;
}

const toolNames = ['prometheus_query', 'loki_query', 'netdata_metrics', 'alerts_list'];

const vocabulary: Vocabulary = {
  ...described,
  tool: toolNames,
  arguments: 'any',
  server: Object.keys(illnesses),
  expect: ['answer', 'error'],
  says: 'any',
};

/** All that may ever be asked for. */
const paths =
  /^\/base\/(?:api\/v1\/(?:query|query_range|series|alerts|label\/__name__\/values|charts?|data)|api\/v2\/alerts|loki\/api\/v1\/(?:query_range|labels|label\/\w+\/values))$/;

const MOST_CHARS = 60_000;

describe('monitoring corpus', () => {
  let server: IllServer;
  let usual: TestTools;
  let hasty: TestTools;

  beforeAll(async () => {
    server = await startIllServer('reader:CANARY-pass%25word');
    const names = ['PROMETHEUS_URL', 'LOKI_URL', 'NETDATA_URL', 'ALERTMANAGER_URL'];
    const settings = Object.fromEntries(names.map((name) => [name, server.url]));
    usual = testTools(settings);
    // Cases that never answer need a deadline that a test can wait for.
    hasty = testTools({ ...settings, MONITORING_TIMEOUT_MS: 500 });
  });
  afterAll(async () => {
    for (const each of [usual, hasty, server]) await each?.[Symbol.asyncDispose]();
  });

  testCases<MonitoringCase>({
    name: 'monitoring',
    cases: loadCorpus<MonitoringCase>('monitoring.json').cases,
    vocabulary,
    async run(entry) {
      server.set(understood(illnesses, entry.server, 'server'));
      server.asked.length = 0;
      const isEndless = entry.server === 'never anything' || entry.server === 'headers and then nothing';
      const answer = await (isEndless ? hasty : usual).call(entry.tool, entry.arguments);
      return [...verdictProblems(entry, answer), ...conductProblems(answer, server)];
    },
  });
});

function verdictProblems({ expect, says }: MonitoringCase, { failed, text }: Answer): string[] {
  const verdict = failed ? 'error' : 'answer';
  return [
    ...(verdict === expect ? [] : [`${verdict}, not ${expect}: ${text.slice(0, 300)}`]),
    ...(new RegExp(says).test(text) ? [] : [`says something else: ${text.slice(0, 300)}`]),
  ];
}

/** What must hold in every case, whatever its verdict is. */
function conductProblems(answer: Answer, { asked, url }: IllServer): string[] {
  const shown = JSON.stringify(answer);
  const host = new URL(url).host;
  // The words are those of every tool.
  const isRefused = answer.text.startsWith('Wrong arguments');
  const problems: [boolean, string][] = [
    [asked.some(({ method, path }) => method !== 'GET' || !paths.test(path)), `asked for ${JSON.stringify(asked)}`],
    [/CANARY|cmVhZGVyO/.test(shown), 'shows the login'],
    [shown.includes(host), 'shows the address'],
    [answer.text.length > MOST_CHARS, 'says too much'],
    [
      !isRefused && /failed inside|undefined|\[object/.test(answer.text),
      `was not foreseen: ${answer.text.slice(0, 200)}`,
    ],
    [/(?![\n\t])[\p{Cc}\u202e]/u.test(answer.text), 'passes on signs that nobody sees'],
    [answer.failed && !isRefused && !/[.)\]]$/.test(answer.text), `is no sentence: ${answer.text.slice(-80)}`],
  ];
  return problems.flatMap(([holds, problem]) => (holds ? [problem] : []));
}
