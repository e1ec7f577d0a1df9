import { approve } from './approve.ts';
import { ask } from './ask.ts';
import { askAbout } from './ask-about.ts';
import { busy } from './busy.ts';
import type { Command } from './command.ts';
import { context } from './context.ts';
import { forget } from './forget.ts';
import { help } from './help.ts';
import { model } from './settings/model.ts';
import { persona } from './settings/persona.ts';
import { prompt, promptAliases } from './settings/prompt.ts';
import { setup } from './settings/setup.ts';
import { memory } from './memory.ts';
import { beginNew, reset } from './new.ts';
import { retryLast } from './retry.ts';
import { stopMine } from './stop.ts';
import { schedule } from './schedule.ts';
import { status } from './status.ts';
import { tools } from './tools.ts';
import { undo } from './undo.ts';
import { usage } from './usage.ts';
import { whoami } from './whoami.ts';
import { why, whyThis } from './why.ts';

/** What servers, channels and people choose for themselves. */
const settingCommands: Command[] = [prompt, ...promptAliases, persona, model, setup];

/** All commands. To add one: a file, and a line here (docs/adding-a-command.md). */
export const commands: Command[] = [
  ask,
  askAbout,
  beginNew,
  reset,
  undo,
  context,
  stopMine,
  retryLast,
  busy,
  status,
  tools,
  approve,
  whoami,
  usage,
  schedule,
  memory,
  why,
  whyThis,
  ...settingCommands,
  forget,
  help,
];
