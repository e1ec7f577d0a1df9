import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { errorText } from '#shared/ground/errors.ts';
import { runOwnVitest } from '#test/lib/own-vitest.ts';
import { documentedEntries } from '../documented.ts';
import { installUv } from './uv.ts';

// npm run test:servers [-- name …]: the servers of docs/servers.md, from npm and PyPI. It is not part of `npm test`,
// because it downloads.

const say = (line: string) => void process.stdout.write(`servers: ${line}\n`);

/** Why we cannot use a registry here; undefined when we can. */
async function missing(work: () => Promise<unknown>): Promise<string | undefined> {
  return work().then(
    () => undefined,
    (error: unknown) => errorText(error).slice(0, 400),
  );
}

const npm = () =>
  promisify(execFile)('npm', ['view', '@modelcontextprotocol/server-memory', 'version'], { timeout: 60_000 });
const without = { npx: await missing(npm), uvx: await missing(installUv) };
const away = Object.entries(without).flatMap(([program, why]) => (why === undefined ? [] : [program]));
for (const [name, { command }] of documentedEntries()) {
  const why = without[command as keyof typeof without];
  if (why !== undefined) say(`SKIPPED: ${name}: ${why}`);
}
// The process that runs the suite reads this.
process.env['SERVERS_WITHOUT'] = away.join(',');
await runOwnVitest('test/servers/registries/vitest.config.ts', process.argv.slice(2));
