import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whose time goes by in processes that start and end; the slowest first. */
const slow = [
  'test/faults/',
  'test/e2e/',
  'mcp/filesystem/race',
  'mcp/postgres/embedded/',
  'test/boot/',
  'test/soak/',
  'services/worker/jobs/',
];

/** Starts the slow files first, so that none of them is left to run alone at the end. A fresh clone knows no durations. */
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
