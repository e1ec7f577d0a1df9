import { errorText } from '#shared/ground/errors.ts';
import { runOwnVitest } from '#test/lib/own-vitest.ts';
import { litellmArguments } from '#test/scripts.ts';
import { installLitellm, pinnedVersion } from './install.ts';

// npm run test:litellm [-- name …]: the contract with the LiteLLM that compose.yaml pins. It is not part of `npm test`,
// because its installation takes minutes and its start half a minute.

const say = (line: string) => void process.stdout.write(`litellm: ${line}\n`);

async function main(names: string[]): Promise<void> {
  const missing = await installLitellm(say).then(
    () => undefined,
    (error: unknown) => errorText(error).slice(0, 400),
  );
  if (missing === undefined) await runOwnVitest('test/litellm/vitest.config.ts', names);
  else {
    say(`SKIPPED: LiteLLM ${pinnedVersion()} cannot be installed here: ${missing}`);
    process.stdout.write('0 passed, 0 failed\n');
  }
}

const given = litellmArguments.read(process.argv.slice(2));
if (given) await main(given.words);
