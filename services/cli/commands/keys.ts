import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { addCreateCommand } from './keys/create.ts';
import { addListCommand } from './keys/list.ts';
import { addRevokeCommand } from './keys/revoke.ts';
import { addRotateCommand } from './keys/rotate.ts';

/** `dragoman keys create|list|revoke|rotate`: the keys of programs that use the HTTP API. */
export function addKeysCommand(program: Command, terminal: Terminal): void {
  const keys = program.command('keys');
  addListCommand(keys, terminal);
  addCreateCommand(keys, terminal);
  addRotateCommand(keys, terminal);
  addRevokeCommand(keys, terminal);
}
