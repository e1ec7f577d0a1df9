import type { Command } from './command.ts';
import { addSchedule } from './schedule/add.ts';
import { removeSchedule, pause, resume } from './schedule/change.ts';
import { listSchedules } from './schedule/list.ts';

const id = {
  type: 3 as const,
  name: 'id',
  description: 'Its id, as /schedule list shows it',
  required: true,
  max_length: 20,
};

/** Questions that are asked at certain times, for the person who made them. */
export const schedule: Command = {
  definition: {
    name: 'schedule',
    type: 1,
    description: 'Have a question asked at certain times',
    options: [
      {
        type: 1,
        name: 'add',
        description: 'Schedule a question',
        options: [
          {
            type: 3,
            name: 'when',
            description: '“every weekday at 9:00”, “tomorrow 8am”, “in 2 hours”, or cron',
            required: true,
            max_length: 100,
          },
          { type: 3, name: 'question', description: 'What to ask', required: true, max_length: 4_000 },
          { type: 7, name: 'channel', description: 'Where the answer goes; here when left out' },
          {
            type: 3,
            name: 'timezone',
            description: 'Such as Europe/Berlin; the one that you named last when left out',
            max_length: 60,
          },
        ],
      },
      { type: 1, name: 'list', description: 'What is scheduled here' },
      { type: 1, name: 'pause', description: 'Let a scheduled question wait', options: [id] },
      { type: 1, name: 'resume', description: 'Let a scheduled question go on', options: [id] },
      { type: 1, name: 'delete', description: 'Remove a scheduled question', options: [id] },
    ],
  },
  use(interaction, ingress) {
    switch (interaction.subcommand) {
      case 'add':
        return addSchedule(interaction, ingress);
      case 'pause':
        return pause(interaction, ingress);
      case 'resume':
        return resume(interaction, ingress);
      case 'delete':
        return removeSchedule(interaction, ingress);
      default:
        return listSchedules(interaction, ingress);
    }
  },
};
