import { expect, test } from 'vitest';
import { startProgram } from './lib/stack.ts';
import { faultArguments } from './scripts.ts';

// The npm scripts themselves, as processes.

const scripts: [script: string, command: string][] = [
  ['start/main.ts', 'npm start'],
  ['test/run.ts', 'npm test'],
  ['test/checks/run.ts', 'npm run check'],
  ['test/checks/generated.ts', 'npm run generate'],
  ['test/pictures/main.ts', 'npm run pictures'],
  ['test/bench/main.ts', 'npm run bench'],
  ['test/faults/run.ts', 'npm run test:faults'],
  ['test/compose/run.ts', 'npm run test:compose'],
  ['test/clients/run.ts', 'npm run test:clients'],
  ['test/litellm/run.ts', 'npm run test:litellm'],
  ['test/postgres-versions/run.ts', 'npm run test:postgres-versions'],
];

test.concurrent.each(scripts)('%s tells its usage', async (script, command) => {
  const { code, stdout, stderr } = await startProgram(script, ['--help']).finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.startsWith(command)).toBe(true);
});

test.concurrent.each(scripts)('%s refuses an option that it does not know', async (script, command) => {
  const { code, stdout, stderr } = await startProgram(script, ['--nonsense']).finished;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^Unknown option '--nonsense'/);
  expect(stderr).toContain(command);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each([
  ['test/faults/run.ts', ['--only', 'R99'], /^There is no test R99; there are R0, /],
  ['test/compose/run.ts', ['no-such-file'], /^No file of test\/compose has no-such-file in its name: 10-answer/],
  ['test/checks/run.ts', ['no-such-check'], /^No check has no-such-check in its name: format, /],
])('%s names what there is beside what there is not', async (script, args, says) => {
  const { code, stderr } = await startProgram(script, args).finished;
  expect(code).toBe(2);
  expect(stderr).toMatch(says);
});

test('a script without words refuses them, and a wrong number', () => {
  expect(() => faultArguments.parse(['R3'])).toThrow('"R3" means nothing here');
  expect(() => faultArguments.parse(['--kills', 'many'])).toThrow('--kills takes a number, not "many"');
  expect(() => faultArguments.parse(['--only'])).toThrow("'--only <value>' argument missing");
});
