import { ConfigError } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { readNamedFile, watchFile } from '#shared/process/watch-file.ts';
import { promptProblem } from '#shared/settings/template.ts';
import type { WorkerConfig } from '../config.ts';

const log = createLogger('prompts');

/** The operator's prompts, as they are at the moment. */
export interface Prompts {
  system(): string;
  /** Told besides where the question came from Discord; may be empty. */
  discord(): string;
}

export type PromptSource = Prompts & AsyncDisposable;

/** The most characters of a prompt of the operator. */
const mostChars = 32_000;

/**
 * Loads the operator's prompts, and each again whenever its file changes. A broken new version is refused with a
 * sentence in the log, and the last good one stays. Throws ConfigError when the first version is broken or missing.
 */
export function watchPrompts(
  config: Pick<WorkerConfig, 'SYSTEM_PROMPT' | 'SYSTEM_PROMPT_FILE' | 'DISCORD_PROMPT_FILE'>,
): PromptSource {
  const owned = new AsyncDisposableStack();
  const discord = watchPrompt('DISCORD_PROMPT_FILE', config.DISCORD_PROMPT_FILE, { mayBeEmpty: true });
  owned.use(discord);
  const { SYSTEM_PROMPT: text } = config;
  if (text !== undefined) {
    refuseBroken('SYSTEM_PROMPT', text);
    return { system: () => text, discord: discord.current, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  }
  const system = owned.use(watchPrompt('SYSTEM_PROMPT_FILE', config.SYSTEM_PROMPT_FILE));
  return { system: system.current, discord: discord.current, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

interface PromptOptions {
  mayBeEmpty?: boolean;
}

function watchPrompt(variable: string, file: string, { mayBeEmpty = false }: PromptOptions = {}) {
  function read(): string {
    const text = readNamedFile(variable, file).trim();
    if (text !== '' || !mayBeEmpty) refuseBroken(`${variable}: ${file}`, text);
    return text;
  }
  let current = read();
  const watching = watchFile(file, () => {
    try {
      const next = read();
      if (next === current) return;
      current = next;
      log.info({ file }, 'prompt reloaded');
    } catch (error) {
      log.error({ file, error: errorText(error) }, 'the changed prompt is refused; the last good one stays in force');
    }
  });
  return { current: () => current, [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose]() };
}

function refuseBroken(where: string, text: string): void {
  const problem = promptProblem(text, mostChars);
  if (problem !== undefined) throw new ConfigError([`${where}: ${problem}`]);
}
