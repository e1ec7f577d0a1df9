import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** A command of `dragoman`, described without loading what it needs. */
export interface CommandEntry {
  description: string;
  /** Lines that work; help shows them, that of a subcommand those which begin with its words. */
  examples: readonly string[];
  load: () => Promise<(program: Command, terminal: Terminal) => void>;
}

/** All commands, in the order of the help. A new command is one more entry here; see docs/adding-a-command.md. */
export const commands: Record<string, CommandEntry> = {
  chat: {
    description: 'talk: answers appear as they are written, tool calls as they start and end',
    examples: [
      'dragoman chat',
      'dragoman chat --session plans   # goes on where the session of this name was left',
      'dragoman chat --attach error.log',
    ],
    load: async () => (await import('./commands/chat.ts')).addChatCommand,
  },
  run: {
    description: 'answer one question or reach one goal: progress on stderr, the answer on stdout',
    examples: [
      'dragoman run "Which tables are in the database?"',
      'dragoman run "What went wrong here?" --attach error.log',
      'cat error.log | dragoman run "What went wrong here?"   # stdin is attached to the question',
      'dragoman run - < question.txt                          # stdin is the question',
      'slow-report | dragoman run - "Sum it up"               # - waits for stdin however long it takes',
    ],
    load: async () => (await import('./commands/run.ts')).addRunCommand,
  },
  setup: {
    description: 'choose model, Discord and data in a conversation; each is tried, then kept in .env',
    examples: ['dragoman setup', 'dragoman setup model', 'dragoman setup discord', 'dragoman setup data'],
    load: async () => (await import('./commands/setup.ts')).addSetupCommand,
  },
  tools: {
    description: 'the tools that you may use from here, by domain',
    examples: ['dragoman tools', 'dragoman tools --all --json'],
    load: async () => (await import('./commands/tools.ts')).addToolsCommand,
  },
  servers: {
    description: 'the MCP servers of mcp/servers.json: list, edit and try them',
    examples: [
      'dragoman servers list',
      'dragoman servers add docs --url https://example.org/mcp',
      'dragoman servers test postgres',
      'dragoman servers disable playwright',
      'dragoman servers enable playwright',
      'dragoman servers remove docs',
      'dragoman servers sync',
    ],
    load: async () => (await import('./commands/servers.ts')).addServersCommand,
  },
  jobs: {
    description: 'runs: what was asked, how it went, step by step',
    examples: [
      'dragoman jobs list',
      'dragoman jobs show <run>',
      'dragoman jobs replay <run>',
      'dragoman jobs requeue <run>',
      'dragoman jobs discard <run>',
    ],
    load: async () => (await import('./commands/jobs.ts')).addJobsCommand,
  },
  approvals: {
    description: 'calls that wait for a yes or no',
    examples: ['dragoman approvals list', 'dragoman approvals allow <approval>', 'dragoman approvals deny <approval>'],
    load: async () => (await import('./commands/approvals.ts')).addApprovalsCommand,
  },
  audit: {
    description: 'the audit log: tool calls, decisions, what operators did, API keys',
    examples: ['dragoman audit list --run <run>', 'dragoman audit check', 'dragoman audit seal'],
    load: async () => (await import('./commands/audit.ts')).addAuditCommand,
  },
  keys: {
    description: 'API keys: who may use the HTTP API, and as what',
    examples: [
      'dragoman keys create --name ci --role member',
      'dragoman keys list',
      'dragoman keys rotate ci',
      'dragoman keys revoke ci',
    ],
    load: async () => (await import('./commands/keys.ts')).addKeysCommand,
  },
  settings: {
    description: 'what Discord servers, channels, threads and people have set; an owner is server:<id>, channel:<id> …',
    examples: [
      'dragoman settings list',
      'dragoman settings show server:<id>',
      'dragoman settings set server:<id> model gpt',
      'dragoman settings reset server:<id> model',
      'dragoman settings export > settings.json',
      'dragoman settings import settings.json',
    ],
    load: async () => (await import('./commands/settings.ts')).addSettingsCommand,
  },
  usage: {
    description:
      'runs, what was passed on to the gateway (embeddings, models without tools), tokens and cost of a month, by person or key, the costliest first',
    examples: ['dragoman usage', 'dragoman usage --json'],
    load: async () => (await import('./commands/usage.ts')).addUsageCommand,
  },
  schedules: {
    description: 'scheduled questions: list, pause, resume and delete them',
    examples: [
      'dragoman schedules list',
      'dragoman schedules pause <id>',
      'dragoman schedules resume <id>',
      'dragoman schedules delete <id>',
    ],
    load: async () => (await import('./commands/schedules.ts')).addSchedulesCommand,
  },
  memory: {
    description: 'what is remembered for people, and to forget it',
    examples: ['dragoman memory list terminal:ann', 'dragoman memory forget discord:1234'],
    load: async () => (await import('./commands/memory.ts')).addMemoryCommand,
  },
  doctor: {
    description: 'check every dependency and setting, and say how to mend each',
    examples: ['dragoman doctor', 'dragoman doctor --json'],
    load: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  },
  mcp: {
    description:
      "serve a domain's tools, or the operator's, over stdio, for any MCP client; its variables as in .env.example",
    examples: ['dragoman mcp postgres', 'dragoman mcp operator'],
    load: async () => (await import('./commands/mcp.ts')).addMcpCommand,
  },
  completion: {
    description: 'what a shell needs to complete the words of dragoman with Tab',
    examples: [
      'source <(dragoman completion bash)                            # this shell; in ~/.bashrc: every one',
      'dragoman completion zsh > "${fpath[1]}/_dragoman"',
      'dragoman completion fish > ~/.config/fish/completions/dragoman.fish',
    ],
    load: async () => (await import('./commands/completion.ts')).addCompletionCommand,
  },
};
