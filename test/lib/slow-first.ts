import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that spend their time on processes that start and end, the slowest first. */
const slow = [
  'test/faults/',
  'test/e2e/',
  'mcp/filesystem/race',
  'mcp/postgres/embedded/',
  'test/boot/',
  'test/soak/',
  'services/worker/jobs/',
];

/**
 * Starts the slow files first, so that none runs alone at the end. vitest cannot do that by itself, because a fresh
 * clone knows no durations.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- not an array's
    const usual = await super.sort(files);
    return usual.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = slow.findIndex((part) => moduleId.includes(part));
  return place === -1 ? slow.length : place;
}
