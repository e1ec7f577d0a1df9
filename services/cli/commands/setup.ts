import { Argument, type Command } from 'commander';
import { processEnvironment } from '#shared/ground/config.ts';
import { UserError } from '#shared/ground/errors.ts';
import { createLineReader } from '../line-reader.ts';
import { setUpData } from '../setup/data.ts';
import { setUpDiscord } from '../setup/discord.ts';
import { envFile, keepSettings, readEnvFile } from '../setup/env-file.ts';
import { setUpModel } from '../setup/model.ts';
import type { Part } from '../setup/part.ts';
import { createTalk, Left, type Talk } from '../setup/talk.ts';
import { readStackFile } from '../stack-file.ts';
import type { Terminal } from '../terminal.ts';

const parts: Record<string, Part> = { model: setUpModel, discord: setUpDiscord, data: setUpData };

const help = `
Enter leaves a setting as it is. What you choose is tried at once and kept only when it works, in .env in the
project's folder, which npm start reads; secrets are not shown and only you can read the file.`;

/** `dragoman setup [model|discord|data]`: asks, tries, keeps in `.env`. */
export function addSetupCommand(program: Command, terminal: Terminal): void {
  program
    .command('setup')
    .addArgument(new Argument('[part]', 'one part alone').choices(Object.keys(parts)))
    .option('--file <path>', 'another file to keep the settings in')
    .addHelpText('after', help)
    .action((part: string | undefined, { file = envFile }: { file?: string }) => setUp(terminal, part, file));
}

async function setUp(terminal: Terminal, part: string | undefined, file: string): Promise<void> {
  using reader = createLineReader(terminal);
  const talk = createTalk(terminal, reader);
  const environment = processEnvironment();
  const kept: string[] = [];
  const context = {
    get now() {
      const set = Object.entries(environment).filter(([, value]) => value !== '');
      return { ...readEnvFile(file), ...Object.fromEntries(set) };
    },
    keep(settings: Record<string, string | undefined>) {
      keepSettings(settings, file);
      kept.push(...Object.keys(settings));
      tellHidden(talk, Object.keys(settings), environment);
    },
  };
  try {
    for (const [name, ask] of Object.entries(parts)) if (part === undefined || part === name) await ask(talk, context);
  } catch (error) {
    if (!(error instanceof Left)) throw error;
    if (kept.length === 0) throw new UserError('not-confirmed', 'Left; nothing was changed.');
  }
  if (kept.length === 0) return talk.say('\nNothing was changed.');
  talk.good(`Kept in ${file}: ${kept.join(', ')}.`);
  talk.say(readStackFile() ? 'Stop the running stack (Ctrl-C) and start it again to use them.' : 'Start it: npm start');
}

/** A variable of the environment stands above the file's. */
function tellHidden(talk: Talk, names: string[], environment: Record<string, string | undefined>): void {
  const above = names.filter((name) => environment[name]);
  if (above.length > 0)
    talk.bad(
      `Your environment sets ${above.join(', ')} too, which stands above the file: unset it to use the new one.`,
    );
}
