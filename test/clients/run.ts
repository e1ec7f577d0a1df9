import { errorText } from '#shared/ground/errors.ts';
import { runOwnVitest } from '#test/lib/own-vitest.ts';
import { clientsArguments } from '#test/scripts.ts';
import { installAider, installPrograms, installPython } from './install.ts';

// npm run test:clients [-- name …]: the libraries of PyPI and the programs of npm that docs/clients.md names. It is not
// part of `npm test`, because it downloads.

const say = (line: string) => void process.stdout.write(`clients: ${line}\n`);

/** What could be installed; undefined, and said, where it cannot be had here. */
async function installed(what: string, install: (say: (line: string) => void) => Promise<string>) {
  return install(say).catch((error: unknown) => {
    say(`SKIPPED: ${what}: ${errorText(error).slice(0, 400)}`);
    return '';
  });
}

const given = clientsArguments.read(process.argv.slice(2));
if (given) {
  // The processes that run the suites read these.
  process.env['CLIENTS_PYTHON'] = await installed('libraries of PyPI', installPython);
  process.env['CLIENTS_PROGRAMS'] = await installed('programs of npm', installPrograms);
  process.env['CLIENTS_AIDER'] = await installed('aider of PyPI', installAider);
  await runOwnVitest('test/clients/vitest.config.ts', given.words);
}
