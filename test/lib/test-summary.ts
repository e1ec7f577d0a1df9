import { stripVTControlCharacters } from 'node:util';
import type { TestCase, TestModule, TestSuite } from 'vitest/node';

export interface Skipped {
  /** The file or the outermost suite of which nothing ran. */
  name: string;
  tests: number;
  reason: string;
}

export interface TestSummary {
  passed: number;
  failed: number;
  failures: string[];
  skipped: Skipped[];
}

type Group = TestModule | TestSuite;

/**
 * Counts what a run of vitest did. A file or suite that broke outside its tests counts as one failure, and so does an
 * error that no test owns: neither may hide behind green tests.
 */
export function summarise(modules: Iterable<TestModule>, unhandled: readonly unknown[]): TestSummary {
  const summary: TestSummary = { passed: 0, failed: 0, failures: [], skipped: [] };
  for (const module of modules) addGroup(summary, module, module.relativeModuleId);
  for (const error of unhandled) fail(summary, `unhandled: ${error instanceof Error ? error.message : String(error)}`);
  return summary;
}

function addGroup(summary: TestSummary, group: Group, name: string): void {
  for (const error of group.errors()) fail(summary, `${name}: ${error.message}`);
  const tests = [...group.children.allTests()];
  if (tests.length > 0 && tests.every(isSkipped)) {
    summary.skipped.push({ name, tests: tests.length, reason: reasonOf(group, tests) });
    return;
  }
  for (const child of group.children) {
    if (child.type === 'suite') addGroup(summary, child, `${name} > ${child.name}`);
    else addTest(summary, child, `${name} > ${child.name}`);
  }
}

function addTest(summary: TestSummary, test: TestCase, name: string): void {
  switch (test.result().state) {
    case 'passed':
      summary.passed += 1;
      return;
    case 'skipped':
      summary.skipped.push({ name, tests: 1, reason: reasonOf(test, [test]) });
      return;
    case 'failed':
      fail(summary, `${name}: ${messages(test.result().errors ?? [])}`);
      return;
    case 'pending':
      fail(summary, `${name}: never ran`);
  }
}

function fail(summary: TestSummary, what: string): void {
  summary.failed += 1;
  summary.failures.push(what);
}

/** What the errors say, on one line and short enough for a list. */
export function messages(errors: readonly { message?: string }[]): string {
  const text = errors.map(({ message }) => message ?? 'no message').join('; ');
  const plain = stripVTControlCharacters(text).replaceAll(/\s+/g, ' ').trim();
  return plain.length > 600 ? `${plain.slice(0, 600)}…` : plain;
}

function isSkipped(test: TestCase): boolean {
  return test.result().state === 'skipped';
}

/** The reason for a skip. Tests give it in `skip(note)`, suites in brackets at the end of their name. */
function reasonOf(group: Group | TestCase, tests: TestCase[]): string {
  for (const test of tests) {
    const result = test.result();
    if (result.state === 'skipped' && result.note) return result.note;
  }
  const names = [group, ...tests, ...tests.map((test) => test.parent)].map((each) => ('name' in each ? each.name : ''));
  for (const name of names) {
    const reason = /\(([^()]*(?:\([^()]*\)[^()]*)*)\)$/.exec(name)?.[1];
    if (reason) return reason;
  }
  return 'no reason given';
}
