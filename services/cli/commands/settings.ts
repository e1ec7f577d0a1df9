import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { addSetCommands } from './settings/change.ts';
import { addTransferCommands } from './settings/transfer.ts';
import { addShowCommands } from './settings/show.ts';

/** `dragoman settings list|show|set|reset|export|import`: what servers, channels and people have set. */
export function addSettingsCommand(program: Command, terminal: Terminal): void {
  const settings = program.command('settings');
  addShowCommands(settings, terminal);
  addSetCommands(settings, terminal);
  addTransferCommands(settings, terminal);
}
