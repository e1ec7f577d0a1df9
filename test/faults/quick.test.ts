import { expect, it } from 'vitest';
import { mixed } from './tests/r0-mixed.ts';

// The quick form of `npm run test:faults`: a few faults of every kind in one system. FAULT_SEED repeats a failure.

const seed = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 1e9));
const patienceMs = 300_000;

it.each([mixed])(
  '$name $title',
  async (test) => {
    const said: string[] = [];
    const result = await test.run({ seed, size: test.quick, say: (text) => said.push(text) });
    expect(result.problems, `FAULT_SEED=${seed} ${JSON.stringify(result.hits)}\n${said.join('\n')}`).toEqual([]);
  },
  patienceMs,
);
