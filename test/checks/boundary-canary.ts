import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findViolations } from './boundaries.ts';
import { findCircles } from './circles.ts';

interface Plant {
  file: string;
  source: string;
  /** A part of the expected complaint. When absent, the import is allowed and no complaint may come. */
  complaint?: string;
}

/** One forbidden import per rule and form, and allowed neighbours that must pass. */
const plants: Plant[] = [
  {
    file: 'shared/run/c.ts',
    source: `import { x } from '#services/worker/loop.ts';`,
    complaint: 'shared/ imports no service',
  },
  {
    file: 'shared/d.ts',
    source: `export {\n  x,\n  y,\n} from '../services/worker/loop.ts';`,
    complaint: 'shared/ imports no',
  },
  {
    file: 'shared/run/e.test.ts',
    source: `import '#services/worker/loop.ts';`,
    complaint: 'shared/ imports no service',
  },
  {
    file: 'services/worker/a.ts',
    source: `import type { X } from '#services/ingress/a.ts';`,
    complaint: 'no other service',
  },
  { file: 'services/worker/b.ts', source: `const x = await import('../ingress/a.ts');`, complaint: 'no other service' },
  { file: 'services/worker/c.ts', source: `import { x } from '#test/lib/x.ts';`, complaint: 'does not import test/' },
  { file: 'services/worker/d.ts', source: `import { x } from '#start/x.ts';`, complaint: 'does not import start/' },
  {
    file: 'services/worker/e.ts',
    source: `import { x } from '#services/playground/x.ts';`,
    complaint: 'no other service',
  },
  {
    file: 'mcp/files/a.ts',
    source: `import { x } from '#shared/process/log.ts';`,
    complaint: 'the rooms ground and picture alone',
  },
  { file: 'mcp/files/d.ts', source: `import { x } from '#shared/ground/config.ts';` },
  { file: 'mcp/files/f.ts', source: `import { x } from '#shared/picture/chart.ts';` },
  {
    file: 'mcp/files/b.ts',
    source: `type T = import('#services/worker/a.ts').T;`,
    complaint: 'mcp/ imports no service',
  },
  {
    file: 'mcp/c.ts',
    source: `import { x } from '../shared/run/live.ts';`,
    complaint: 'the rooms ground and picture alone',
  },
  { file: 'shared/ground/a.ts', source: `import { x } from '#shared/redis/keys.ts';`, complaint: 'does not build on' },
  { file: 'shared/queue/a.ts', source: `import type { X } from '#shared/run/a.ts';`, complaint: 'does not build on' },
  { file: 'shared/hall/a.ts', source: `import { x } from '#shared/run/a.ts';`, complaint: 'shared/ has the rooms' },
  { file: 'shared/run/a.ts', source: `import { x } from '#shared/queue/a.ts';\nimport { y } from './b.ts';` },
  { file: 'shared/queue/b.test.ts', source: `import { x } from '#shared/run/a.ts';` },
  {
    file: 'services/ingress/discord/a.ts',
    source: `import type { X } from '../messages/a.ts';`,
    complaint: 'services/ingress/discord does not build on messages',
  },
  {
    file: 'services/ingress/buttons/a.ts',
    source: `import type { X } from '../context.ts';`,
    complaint: 'services/ingress/buttons does not build on context.ts',
  },
  {
    file: 'services/ingress/events.ts',
    source: `import { x } from './text/a.ts';`,
    complaint: 'services/ingress/events.ts does not build on text',
  },
  {
    file: 'services/ingress/hall/a.ts',
    source: `import { x } from '../text/a.ts';`,
    complaint: 'services/ingress has the rooms',
  },
  {
    file: 'services/ingress/messages/a.ts',
    source: `import { x } from '../discord/a.ts';\nimport { y } from '../config.ts';\nimport { z } from './b.ts';`,
  },
  { file: 'services/ingress/context.ts', source: `import { x } from './gateway/a.ts';` },
  { file: 'services/ingress/text/a.test.ts', source: `import { x } from '../delivery/a.ts';` },
  {
    file: 'litellm/a.ts',
    source: `import { x } from '#services/worker/a.ts';`,
    complaint: 'litellm/ imports no service',
  },
  { file: 'shared/run/f.ts', source: `import { x } from './log.js';`, complaint: 'write the ending' },
  { file: 'shared/run/g.ts', source: `import { x } from './log';`, complaint: 'write the ending' },
  {
    file: 'services/worker/deep/f.ts',
    source: `import { x } from '../../../shared/process/log.ts';`,
    complaint: 'instead of ../../',
  },
  { file: 'services/worker/g.ts', source: `import { x } from '#shared/process/log.ts';\nimport { y } from './a.ts';` },
  { file: 'services/worker/h.test.ts', source: `import { x } from '#services/playground/x.ts';\nimport '#test/x.ts';` },
  { file: 'services/worker/i.ts', source: `// import { x } from '#services/ingress/a.ts';\nimport { z } from 'zod';` },
  { file: 'start/a.ts', source: `import { x } from '#services/cli/a.ts';` },
  { file: 'test/a.ts', source: `import { x } from '#services/cli/a.ts';\nimport { y } from '#services/worker/a.ts';` },
];

/** A circle of two files by values, one of three by types, and neighbours that are in no circle. */
const circlePlants: Plant[] = [
  { file: 'shared/run/two-a.ts', source: `import { b } from './two-b.ts';\nimport { leaf } from './leaf.ts';` },
  { file: 'shared/run/two-b.ts', source: `export { a } from '#shared/run/two-a.ts';` },
  { file: 'services/worker/three-a.ts', source: `import type { B } from './deep/three-b.ts';` },
  { file: 'services/worker/deep/three-b.ts', source: `type C = import('./three-c.ts').C;` },
  { file: 'services/worker/deep/three-c.ts', source: `import { type A } from '../three-a.ts';` },
  { file: 'shared/run/leaf.ts', source: `import { under } from './under.ts';` },
  { file: 'shared/run/other.ts', source: `import { under } from './under.ts';\nimport { leaf } from './leaf.ts';` },
  { file: 'shared/run/under.ts', source: `// import { leaf } from './leaf.ts';\nimport { z } from 'zod';` },
];

const circles = [
  'services/worker/deep/three-b.ts → services/worker/deep/three-c.ts → services/worker/three-a.ts → services/worker/deep/three-b.ts',
  'shared/run/two-a.ts → shared/run/two-b.ts → shared/run/two-a.ts',
];

/**
 * Proves that the boundary checks see violations: plants forbidden imports and circles in folders of their own and
 * expects exactly their complaints. Returns what the checks missed or made up.
 */
export async function boundaryCanary(): Promise<string[]> {
  return [...(await withPlanted(plants, missedViolations)), ...(await withPlanted(circlePlants, missedCircles))];
}

async function withPlanted(planted: Plant[], look: (folder: string) => string[]): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-canary-'));
  try {
    for (const plant of planted) {
      const file = path.join(folder, plant.file);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, `${plant.source}\n`);
    }
    return look(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function missedViolations(folder: string): string[] {
  const found = new Map(Map.groupBy(findViolations(folder), (violation) => violation.file));
  return plants.flatMap(({ file, complaint }) => {
    const problems = found.get(file)?.map((violation) => violation.problem) ?? [];
    if (complaint === undefined)
      return problems.map((problem) => `${file}: complained of an allowed import: ${problem}`);
    return problems.some((problem) => problem.includes(complaint)) ? [] : [`${file}: missed (${complaint})`];
  });
}

function missedCircles(folder: string): string[] {
  const complaints = findCircles(folder);
  const expected = circles.map((circle) => `imports make a circle: ${circle}`);
  return [
    ...expected.filter((each) => !complaints.includes(each)).map((each) => `missed: ${each}`),
    ...complaints.filter((each) => !expected.includes(each)).map((each) => `made up: ${each}`),
  ];
}
