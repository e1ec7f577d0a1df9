import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { addAddCommand } from './servers/add.ts';
import { addSwitchCommands } from './servers/switch.ts';
import { addListCommand } from './servers/list.ts';
import { addRemoveCommand } from './servers/remove.ts';
import { addSyncCommand } from './servers/sync.ts';
import { addTestCommand } from './servers/test.ts';

/** `dragoman servers list|add|remove|enable|disable|sync|test`: which MCP servers there are. Docs: docs/servers.md. */
export function addServersCommand(program: Command, terminal: Terminal): void {
  const servers = program.command('servers');
  addListCommand(servers, terminal);
  addAddCommand(servers, terminal);
  addRemoveCommand(servers, terminal);
  addSwitchCommands(servers, terminal);
  addSyncCommand(servers, terminal);
  addTestCommand(servers, terminal);
}
