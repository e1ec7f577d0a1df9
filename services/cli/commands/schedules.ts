import type { Command } from 'commander';
import type { Redis } from 'ioredis';
import { UserError } from '#shared/ground/errors.ts';
import type { Schedule } from '#shared/schedules/schedule.ts';
import { deleteSchedule, listSchedules, pauseSchedule, resumeSchedule } from '#shared/schedules/store.ts';
import { terminalCaller } from '../ask.ts';
import { readCliConfig } from '../config.ts';
import { printListing } from '../listing.ts';
import { connectStack } from '../stack.ts';
import type { Terminal } from '../terminal.ts';

/** `dragoman schedules list|pause|resume|delete`: the scheduled questions of everybody. */
export function addSchedulesCommand(program: Command, terminal: Terminal): void {
  const schedules = program.command('schedules').description('scheduled questions, and to pause or delete them');
  schedules
    .command('list', { isDefault: true })
    .description('all scheduled questions, those that are due soonest first')
    .option('--person <id>', 'only those of this Discord user')
    .option('--json', 'as JSON')
    .action(async ({ person, json }: { person?: string; json?: true }) => {
      await using connection = await connectStack(readCliConfig());
      const rows = await listSchedules(connection.redis, person === undefined ? {} : { person });
      printListing(terminal, rows, columns, { json, empty: 'Nothing is scheduled.' });
    });
  addChange(schedules, terminal, 'pause', 'let a scheduled question wait', (redis, id, by) =>
    pauseSchedule(redis, id, { why: 'asked', by }),
  );
  addChange(
    schedules,
    terminal,
    'resume',
    'let a paused one go on; what was due meanwhile is not made up for',
    resumeSchedule,
  );
  addChange(schedules, terminal, 'delete', 'remove a scheduled question', deleteSchedule);
}

const done = { pause: 'Paused', resume: 'Resumed', delete: 'Deleted' };

function addChange(
  schedules: Command,
  terminal: Terminal,
  name: keyof typeof done,
  description: string,
  change: (redis: Redis, id: string, by: string) => Promise<boolean>,
): void {
  schedules
    .command(name)
    .description(description)
    .argument('<id>', 'its id, as schedules list shows it')
    .option('--json', 'as JSON')
    .action(async (id: string, { json }: { json?: true }) => {
      await using connection = await connectStack(readCliConfig());
      if (!(await change(connection.redis, id, terminalCaller().name))) {
        throw new UserError(
          'unknown-schedule',
          `There is no schedule ${id} to ${name}. dragoman schedules list shows all.`,
        );
      }
      terminal.out.write(json ? `${JSON.stringify({ schedule: id, done: name })}\n` : `${done[name]} ${id}.\n`);
    });
}

const columns = {
  id: ({ id }: Schedule) => id,
  next: ({ next, paused }: Schedule) => (next === undefined ? `paused (${paused?.why ?? ''})` : iso(next)),
  of: ({ maker }: Schedule) => maker.name,
  when: ({ when, zone }: Schedule) => `${when} (${zone})`,
  channel: ({ channel }: Schedule) => channel,
  question: ({ question }: Schedule) => question,
};

function iso(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
