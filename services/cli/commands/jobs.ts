import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { addDiscardCommand } from './jobs/discard.ts';
import { addListCommand } from './jobs/list.ts';
import { addReplayCommand } from './jobs/replay.ts';
import { addRequeueCommand } from './jobs/requeue.ts';
import { addShowCommand } from './jobs/show.ts';

/** `dragoman jobs list|show|replay|discard`: runs, their journals, and what to do about failed ones. */
export function addJobsCommand(program: Command, terminal: Terminal): void {
  const jobs = program.command('jobs');
  addListCommand(jobs, terminal);
  addShowCommand(jobs, terminal);
  addReplayCommand(jobs, terminal);
  addRequeueCommand(jobs, terminal);
  addDiscardCommand(jobs, terminal);
}
