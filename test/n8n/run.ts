import { errorText } from '#shared/ground/errors.ts';
import { runOwnVitest } from '#test/lib/own-vitest.ts';
import { installN8n } from './install.ts';

// npm run test:n8n: the tools of n8n on the real one, from npm. It is not part of `npm test`: installing takes about ten
// minutes. `npm test` runs the same suite on a played one.

const say = (line: string) => void process.stdout.write(`n8n: ${line}\n`);

try {
  await installN8n(say);
  await runOwnVitest('test/n8n/vitest.config.ts', process.argv.slice(2));
} catch (error) {
  say(`SKIPPED: it cannot be installed: ${errorText(error)}`);
  process.stdout.write('0 passed, 0 failed\n');
}
