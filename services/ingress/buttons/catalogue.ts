import { answer } from './answer.ts';
import type { Button } from './button.ts';
import { interrupt, queue, steer } from './busy.ts';
import { decide } from './decide.ts';
import { details, thought } from './details.ts';
import { older } from './older.ts';
import { rerun } from './rerun.ts';
import { retry } from './retry.ts';
import { rows } from './rows.ts';
import { settle } from './settle.ts';
import { stop } from './stop.ts';
import { voteDown, voteReason, voteUp } from './vote.ts';

/** Buttons and forms by the first word of their ids. */
export const buttons: Record<string, Button> = {
  stop,
  retry,
  details,
  thought,
  older,
  rows,
  up: voteUp,
  down: voteDown,
  reason: voteReason,
  decide,
  settle,
  rerun,
  answer,
  steer,
  queue,
  interrupt,
};
