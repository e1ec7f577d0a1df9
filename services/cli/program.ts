import { Command } from 'commander';
import { addApprovalsCommand } from './commands/approvals.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addChatCommand } from './commands/chat.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addJobsCommand } from './commands/jobs.ts';
import { addMcpCommand } from './commands/mcp.ts';
import { addRunCommand } from './commands/run.ts';
import { addToolsCommand } from './commands/tools.ts';
import type { Terminal } from './terminal.ts';

/** The command line: one line a command, see docs/adding-a-command.md. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('dragoman')
    .description('Talk to Dragoman from the terminal, and operate it.')
    .configureOutput({ writeOut: (text) => terminal.out.write(text), writeErr: (text) => terminal.err.write(text) })
    .showHelpAfterError('(add --help for all options)');
  addChatCommand(program, terminal);
  addRunCommand(program, terminal);
  addToolsCommand(program, terminal);
  addJobsCommand(program, terminal);
  addApprovalsCommand(program, terminal);
  addAuditCommand(program, terminal);
  addDoctorCommand(program, terminal);
  addMcpCommand(program);
  return program;
}
