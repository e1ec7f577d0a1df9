import { errorText } from '#shared/ground/errors.ts';
import { runOwnVitest } from '#test/lib/own-vitest.ts';
import { postgresVersionsArguments } from '#test/scripts.ts';
import { installVersion, versions } from './versions.ts';

// npm run test:postgres-versions [-- version …]: what the PostgreSQL tools promise, on each version that can be had.

const say = (line: string) => void process.stdout.write(`postgres-versions: ${line}\n`);

async function main(asked: string[]): Promise<void> {
  const folders: Record<string, string> = {};
  for (const version of asked.length > 0 ? asked : versions) {
    try {
      folders[version] = await installVersion(version, say);
    } catch (error) {
      say(`SKIPPED: PostgreSQL ${version}: ${errorText(error).slice(0, 300)}`);
    }
  }
  if (Object.keys(folders).length === 0) return void process.stdout.write('0 passed, 0 failed\n');
  process.env['POSTGRES_VERSIONS'] = JSON.stringify(folders);
  await runOwnVitest('test/postgres-versions/vitest.config.ts', []);
}

const given = postgresVersionsArguments.read(process.argv.slice(2));
if (given) await main(given.words);
