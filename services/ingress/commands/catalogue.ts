import { approve } from './approve.ts';
import { ask } from './ask.ts';
import { askAbout } from './ask-about.ts';
import type { Command } from './command.ts';
import { help } from './help.ts';
import { memory } from './memory.ts';
import { beginNew } from './new.ts';
import { retryLast } from './retry.ts';
import { stopMine } from './stop.ts';
import { status } from './status.ts';
import { tools } from './tools.ts';
import { usage } from './usage.ts';
import { whoami } from './whoami.ts';
import { why, whyThis } from './why.ts';

/** All commands. To add one: a file, and a line here (docs/adding-a-command.md). */
export const commands: Command[] = [
  ask,
  askAbout,
  beginNew,
  stopMine,
  retryLast,
  status,
  tools,
  approve,
  whoami,
  usage,
  memory,
  why,
  whyThis,
  help,
];
