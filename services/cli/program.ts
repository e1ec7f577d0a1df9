import { Command } from 'commander';
import { version } from '#shared/process/version.ts';
import { addApprovalsCommand } from './commands/approvals.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addChatCommand } from './commands/chat.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addJobsCommand } from './commands/jobs.ts';
import { addKeysCommand } from './commands/keys.ts';
import { addMcpCommand } from './commands/mcp.ts';
import { addMemoryCommand } from './commands/memory.ts';
import { addRunCommand } from './commands/run.ts';
import { addServersCommand } from './commands/servers.ts';
import { addSettingsCommand } from './commands/settings.ts';
import { addToolsCommand } from './commands/tools.ts';
import { addUsageCommand } from './commands/usage.ts';
import { exitCodesHelp } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** The command line, with one line per command; see docs/adding-a-command.md. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('dragoman')
    .description('Talk to Dragoman from the terminal, and operate it.')
    .configureOutput({ writeOut: (text) => terminal.out.write(text), writeErr: (text) => terminal.err.write(text) })
    .showHelpAfterError('(add --help for all options)')
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', `\n${exitCodesHelp}`)
    // Wrong usage has an exit code of its own; commands inherit this.
    .exitOverride();
  addChatCommand(program, terminal);
  addRunCommand(program, terminal);
  addToolsCommand(program, terminal);
  addServersCommand(program, terminal);
  addJobsCommand(program, terminal);
  addApprovalsCommand(program, terminal);
  addAuditCommand(program, terminal);
  addKeysCommand(program, terminal);
  addUsageCommand(program, terminal);
  addSettingsCommand(program, terminal);
  addMemoryCommand(program, terminal);
  addDoctorCommand(program, terminal);
  addMcpCommand(program);
  return program;
}
