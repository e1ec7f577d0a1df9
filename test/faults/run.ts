import { faultArguments } from '#test/scripts.ts';
import { table, type FaultResult, type FaultTest } from './suite.ts';
import { faultTests } from './tests/all.ts';

// npm run test:faults [-- --quick] [--only R3,R8] [--kills N]: kills real processes and breaks what they depend on,
// then compares what the played model, tools and Discord have witnessed. FAULT_SEED=n repeats a run.

const say = (text: string) => void process.stdout.write(`${text}\n`);

type Values = ReturnType<typeof faultArguments.parse>['values'];

const seed = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 1e9));

async function main(values: Values): Promise<void> {
  const only = values.only?.toUpperCase().split(',');
  const unknown = only?.filter((name) => !faultTests.some((test) => test.name === name)) ?? [];
  if (unknown.length > 0) {
    process.stderr.write(
      `There is no test ${unknown.join(', ')}; there are ${faultTests.map(({ name }) => name).join(', ')}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const chosen = faultTests.filter(({ name, quick }) => only?.includes(name) ?? (!values.quick || quick > 0));
  const results: FaultResult[] = [];
  for (const test of chosen) results.push(await runOne(test, values));
  summarise(results);
}

async function runOne(test: FaultTest, values: Values): Promise<FaultResult> {
  const size = values.kills === undefined ? (values.quick ? test.quick : test.full) : Number(values.kills);
  const started = performance.now();
  say(`${test.name} ${test.title}: ${size} faults, FAULT_SEED=${seed}`);
  const result = await test.run({ seed, size, say: (text) => say(`  ${text}`) });
  for (const note of result.notes) say(`  ${note}`);
  for (const problem of result.problems) say(`  FAILED ${problem}`);
  say(`  ${Math.round((performance.now() - started) / 1_000)} s`);
  return result;
}

function summarise(results: FaultResult[]): void {
  const failed = results.filter(({ problems }) => problems.length > 0);
  const missed = results.filter(({ skipped }) => skipped !== undefined).length;
  say(
    `\n${table(results)}\n\nFAULT_SEED=${seed}; ${results.length - failed.length - missed} passed, ${failed.length} failed, ${missed} skipped`,
  );
  process.exitCode = failed.length === 0 && results.length > 0 ? 0 : 1;
}

const given = faultArguments.read(process.argv.slice(2));
if (given) await main(given.values);
