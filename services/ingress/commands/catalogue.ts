import { ask } from './ask.ts';
import { askAbout } from './ask-about.ts';
import type { Command } from './command.ts';
import { help } from './help.ts';
import { memory } from './memory.ts';
import { beginNew } from './new.ts';
import { stopMine } from './stop.ts';
import { schedule } from './schedule.ts';
import { status } from './status.ts';
import { tools } from './tools.ts';
import { why, whyThis } from './why.ts';

/** All commands. To add one: a file, and a line here (docs/adding-a-command.md). */
export const commands: Command[] = [
  ask,
  askAbout,
  beginNew,
  stopMine,
  status,
  tools,
  schedule,
  memory,
  why,
  whyThis,
  help,
];
