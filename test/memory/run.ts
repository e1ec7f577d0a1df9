import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildS3Server } from '#test/lib/s3-binary.ts';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { runOwnVitest } from '#test/lib/own-vitest.ts';
import { alignGrid } from '#shared/tables/grid.ts';
import { megabytes, type Peak } from './limited.ts';

// npm run test:memory [-- name …]: each service's suite in a memory cgroup of the limit that compose.yaml gives its container, in
// the long form, and a table of what each held at most. Needs root.

const say = (line: string) => void process.stdout.write(`${line}\n`);

if (memoryCgroupMissing !== undefined) {
  say(`SKIPPED: ${memoryCgroupMissing}\n0 passed, 0 failed`);
} else {
  await buildS3Server({ heard: say }).catch((error: unknown) => say(String(error)));
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-peaks-'));
  const file = path.join(folder, 'peaks.jsonl');
  Object.assign(process.env, { MEMORY_SUITES: 'long', MEMORY_PEAKS: file });
  await runOwnVitest('test/memory/vitest.config.ts', process.argv.slice(2));
  if (existsSync(file)) say(tableOf(readFileSync(file, 'utf8')));
  rmSync(folder, { recursive: true });
}

function tableOf(lines: string): string {
  const peaks = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Peak);
  const rows = peaks
    .toSorted((a, b) => a.service.localeCompare(b.service))
    .map(({ service, work, limit, peak }) => [
      service,
      work,
      megabytes(limit),
      peak === undefined ? 'unknown' : megabytes(peak),
    ]);
  const { head, rule, rows: aligned } = alignGrid({ header: ['service', 'work', 'limit', 'peak'], align: [], rows });
  return [head, rule, ...aligned].join('\n');
}
