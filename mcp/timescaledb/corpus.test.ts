import { afterAll, beforeAll, describe } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { described, testCases, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { testSeries, type Answer, type TestSeries } from './testing/tools.ts';

interface TimescaleCase extends CorpusCase {
  tool: string;
  arguments: Record<string, unknown>;
  expect: 'answer' | 'error';
  says: string;
  lacks?: string;
  rows?: number;
}

const vocabulary: Vocabulary = {
  ...described,
  category: ['bucket', 'column', 'license', 'moment', 'name', 'read', 'rights', 'value', 'write'],
  tool: /^timescale_(?:list_hypertables|describe_hypertable|query|aggregate|latest|chunks|compression|continuous_aggregates|jobs)$/,
  arguments: 'any',
  expect: ['answer', 'error'],
  says: 'any',
  lacks: 'any',
  rows: 'any',
};

const MOST_CHARS = 70_000;

/** What a statement that writes could change. */
const state = `select (select count(*) from public.readings) as rows, (select count(*) from sensors) as sensors,
  (select count(*) from timescaledb_information.hypertables) as hypertables,
  (select string_agg(chunk_name || is_compressed::text, ',' order by chunk_name) from timescaledb_information.chunks) as chunks,
  (select string_agg(job_id || scheduled::text || coalesce(config::text, ''), ',' order by job_id) from timescaledb_information.jobs) as jobs`;

describe('timescaledb corpus', () => {
  let series: TestSeries;
  let before: string;

  beforeAll(async () => {
    series = await testSeries({ more: ['odd.sql'] });
    before = await stateNow();
  }, 600_000);
  afterAll(() => series?.[Symbol.asyncDispose]());

  async function stateNow(): Promise<string> {
    const { failed, text } = await series.call('timescale_query', { query: state });
    if (failed) throw new Error(text);
    return text;
  }

  testCases<TimescaleCase>({
    name: 'timescaledb',
    cases: loadCorpus<TimescaleCase>('timescaledb.json').cases,
    vocabulary,
    async run(entry) {
      const answer = await series.call(entry.tool, entry.arguments);
      const changed = entry.category === 'write' && (await stateNow()) !== before;
      return [
        ...verdictProblems(entry, answer),
        ...conductProblems(answer, new URL(series.url)),
        ...(changed ? ['changed the database'] : []),
      ];
    },
  });
});

function verdictProblems({ expect, says, lacks, rows }: TimescaleCase, { failed, text, data }: Answer): string[] {
  const verdict = failed ? 'error' : 'answer';
  const found = (data['rows'] as unknown[] | undefined)?.length ?? 0;
  return [
    ...(verdict === expect ? [] : [`${verdict}, not ${expect}: ${text.slice(0, 300)}`]),
    ...(new RegExp(says).test(text) ? [] : [`says something else: ${text.slice(0, 300)}`]),
    ...(lacks !== undefined && new RegExp(lacks).test(text) ? [`says ${lacks}`] : []),
    ...(rows === undefined || rows === found ? [] : [`${found} rows, not ${rows}`]),
  ];
}

/** What must hold in every case, whatever its verdict is. */
function conductProblems({ failed, text, data }: Answer, { password, host }: URL): string[] {
  const shown = JSON.stringify({ text, data });
  // The words are those of every tool.
  const isRefused = text.startsWith('Wrong arguments');
  const problems: [boolean, string][] = [
    [shown.includes('CANARY'), 'shows what the role may not read'],
    [shown.includes(password) || shown.includes(host), 'shows the login or the address'],
    [text.length > MOST_CHARS, 'says too much'],
    [!isRefused && /failed inside|undefined|\[object/.test(text), `was not foreseen: ${text.slice(0, 200)}`],
    [/postgres_\w+|POSTGRES_/.test(text), `names a tool or setting of another domain: ${text.slice(0, 200)}`],
    [failed && !isRefused && !/[.)\]]$/.test(text), `is no sentence: ${text.slice(-80)}`],
  ];
  return problems.flatMap(([holds, problem]) => (holds ? [problem] : []));
}
