import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { limit, nastyText } from './nasty.ts';
import { properties } from './properties.ts';
import { writtenTable } from './tables.ts';

// Sends random and nasty texts through splitting, safety, healing and streaming:
// node test/text/property.ts --count 100000 [--seed n] [--only split|safe|heal|stream|tables|tables-stream]
const { values } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, seed: { type: 'string' }, only: { type: 'string' } },
});

const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const count = Number(values.count);

const checks: Record<string, fc.IProperty<unknown>> = {
  split: fc.property(nastyText, limit, (text, max) => holds(properties.split(text, max))) as fc.IProperty<unknown>,
  safe: fc.property(nastyText, (text) => holds(properties.safe(text))) as fc.IProperty<unknown>,
  heal: fc.property(nastyText, (text) => holds(properties.heal(text))) as fc.IProperty<unknown>,
  stream: fc.property(
    nastyText,
    limit,
    fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 12 }),
    (text, max, steps) => holds(properties.stream(text, max, steps)),
  ) as fc.IProperty<unknown>,
  tables: fc.property(writtenTable, fc.boolean(), (table, files) =>
    holds(properties.tables(table, files)),
  ) as fc.IProperty<unknown>,
  'tables-stream': fc.property(
    writtenTable,
    nastyText,
    limit,
    fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 12 }),
    ({ text }, rest, max, steps) => holds(properties.stream(text + rest, max, steps)),
  ) as fc.IProperty<unknown>,
};

function holds(problem: string | undefined): void {
  if (problem !== undefined) throw new Error(problem);
}

const chosen = Object.entries(checks).filter(([name]) => values.only === undefined || values.only === name);
if (chosen.length === 0) throw new Error(`There is no property "${values.only}": ${Object.keys(checks).join(', ')}.`);

for (const [name, property] of chosen) {
  const started = Date.now();
  const result = fc.check(property, { numRuns: count, seed });
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  process.stdout.write(
    `${name}: ${result.failed ? 'FAILED' : `${result.numRuns} of ${count} texts right`} (seed ${seed}, ${seconds} s)\n`,
  );
  if (!result.failed) continue;
  process.exitCode = 1;
  process.stdout.write(
    `  ${JSON.stringify(result.counterexample)}\n  ${String((result.errorInstance as Error | null)?.message)}\n`,
  );
}
