import { paint } from '#shared/ground/paint.ts';
import { createLineReader } from '#services/cli/line-reader.ts';
import { keepSettings } from '#services/cli/setup/env-file.ts';
import { describeServer, findLocalModels, type LocalServer } from '#services/cli/setup/local-models.ts';
import { canDraw, type Terminal } from '#services/cli/terminal.ts';
import type { Screen } from './screen.ts';

/** Names the model servers that run on this machine, and how to use one. */
export async function tellLocalModels(screen: Pick<Screen, 'note'>, servers = findLocalModels()): Promise<void> {
  for (const server of await servers) {
    screen.note(`Found ${describeServer(server)}. To use it: ${lineFor(server)}`);
  }
}

function lineFor({ base, models: [model], wantsKey }: LocalServer): string {
  if (model === undefined && !wantsKey) return 'give it a model, and start again.';
  const key = wantsKey ? 'LITELLM_API_KEY=… ' : '';
  return `LITELLM_API_BASE=${base} ${key}MODEL_NAME=${model ?? '…'} npm start, or npx dragoman setup model`;
}

/**
 * Asks somebody who has no model set whether to use one that runs on this machine. A
 * yes is kept in `.env` and holds for this start, too. Nothing is asked where there is no such model, or no terminal, or
 * where `first` says that it was asked before. False when the person wants to leave.
 */
export async function offerLocalModel(
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  options: { first: () => boolean; servers?: Promise<LocalServer[]>; file?: string },
): Promise<boolean> {
  if (env['LITELLM_API_BASE'] || !canDraw(terminal)) return true;
  const usable = (await (options.servers ?? findLocalModels())).find(({ models }) => models.length > 0);
  const model = usable?.models[0];
  if (!usable || model === undefined || !options.first()) return true;
  using reader = createLineReader(terminal);
  for (;;) {
    const question = `Found ${describeServer(usable)}. Let ${model} answer? It is kept in .env. [y]es / [n]o: `;
    const answer = (await reader.read(question))?.trim().toLowerCase();
    if (answer === undefined) return false;
    if (answer === 'n' || answer === 'no') return true;
    if (answer !== 'y' && answer !== 'yes') continue;
    const settings = { LITELLM_API_BASE: usable.base, MODEL_NAME: model };
    keepSettings(settings, options.file);
    Object.assign(env, settings);
    terminal.err.write(`${paint.green('✓')} ${model} answers. To choose another: npx dragoman setup model\n`);
    return true;
  }
}
