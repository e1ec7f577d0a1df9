import { readFileSync } from 'node:fs';
import { paint } from '#shared/ground/paint.ts';
import { parsePolicy } from '#shared/rights/policy.ts';
import { terminalCaller } from '../ask.ts';
import type { CliConfig } from '../config.ts';

/** The first lines of a chat: who answers, who asks, what they may do, and a question to begin with. */
export function welcome(config: CliConfig, model: string | undefined): string {
  const lines = [
    `${paint.bold('Dragoman')} · ${modelText(config, model)} · ${personText(config)}`,
    paint.dim('Try: Which tables are in the database?   /help tells what else there is; exit leaves.'),
  ];
  return `${lines.join('\n')}\n`;
}

/** The model in a person's words. */
export function modelText({ MODEL_NAME }: Pick<CliConfig, 'MODEL_NAME'>, model = MODEL_NAME): string {
  return model === 'offline' ? 'offline model (rules, no language model)' : `model ${model}`;
}

function personText({ POLICY_FILE: file }: CliConfig): string {
  const caller = terminalCaller();
  try {
    const roles = parsePolicy(readFileSync(file, 'utf8'), file).roles(caller);
    return `you are ${caller.name}, with the rights of ${roles.join(' and ') || 'nobody'}`;
  } catch {
    // The worker reads the file too, and says what is wrong with it.
    return `you are ${caller.name}`;
  }
}
