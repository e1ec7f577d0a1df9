import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile, copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Plant {
  tool: string;
  args: string[];
  /** What the tool must say of the planted file. */
  says: RegExp;
}

const source = `export async function planted(): Promise<number> {
  return 1;
}

export function careless( value: string ): void {
  planted();
  const wrong: number = value;
  process.stdout.write(String(wrong));
}
`;

const plants: Plant[] = [
  { tool: 'oxfmt', args: ['--check', '.'], says: /planted\.ts/ },
  { tool: 'oxlint', args: ['--type-aware'], says: /no-floating-promises/ },
  { tool: 'tsc', args: [], says: /TS2322/ },
  { tool: 'knip', args: ['--no-progress'], says: /planted\.ts/ },
];

/**
 * Proves that the tools see TypeScript at all, because tools built on the old compiler API see nothing in TypeScript 7
 * and pass. A file with a fault for each tool must fail in each. Returns the tools that did not notice.
 */
export async function toolCanary(root: string): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-canary-'));
  try {
    for (const file of ['tsconfig.json', '.oxlintrc.json', '.oxfmtrc.json', 'package.json', 'knip.json']) {
      await copyFile(path.join(root, file), path.join(folder, file));
    }
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    await mkdir(path.join(folder, 'shared'));
    await writeFile(path.join(folder, 'shared/planted.ts'), source);
    return plants.flatMap(({ tool, args, says }) => {
      const { status, stdout, stderr } = spawnSync(path.join(root, 'node_modules/.bin', tool), args, {
        cwd: folder,
        encoding: 'utf8',
      });
      return status !== 0 && says.test(stdout + stderr)
        ? []
        : [`${tool} did not notice the planted fault: ${stdout}${stderr}`];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
