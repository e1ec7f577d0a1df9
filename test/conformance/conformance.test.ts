import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClient, testServer, type Scenario } from './suite.ts';
import { unmetByClient, unmetByServer } from './unmet.ts';

/** MCP's own conformance suite, against both sides of a tool-runner. */
describe.each([
  ['client', testClient, unmetByClient],
  ['server', testServer, unmetByServer],
] as const)('the conformance suite, %s', (side, run, unmet) => {
  let scenarios: Scenario[];
  beforeAll(async () => {
    scenarios = await run();
  }, 900_000);
  afterAll(() => {
    const met = scenarios.filter(({ met: some, failed }) => some > 0 && failed.length === 0).length;
    const checks = scenarios.reduce((sum, { met: some }) => sum + some, 0);
    const all = scenarios.reduce((sum, { met: some, failed }) => sum + some + failed.length, 0);
    process.stdout.write(
      `conformance, ${side}: ${met} of ${scenarios.length} scenarios, ${checks} of ${all} checks met\n`,
    );
  });

  it('has run every scenario that it has', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(48);
  });

  it('finds nothing unmet except what is left out on purpose', () => {
    expect(allFailed(scenarios).filter((check) => !unmet.some(([pattern]) => pattern.test(check)))).toEqual([]);
  });

  it.each(unmet.map(([pattern, why]) => [String(pattern), pattern, why] as const))(
    'does not meet %s, and somebody has said why',
    (_, pattern, why) => {
      expect(allFailed(scenarios).some((check) => pattern.test(check))).toBe(true);
      expect(why).not.toBe('');
    },
  );
});

/** Each as `scenario check`. */
function allFailed(scenarios: Scenario[]): string[] {
  return scenarios.flatMap(({ name, failed }) => failed.map((check) => `${name} ${check}`));
}
