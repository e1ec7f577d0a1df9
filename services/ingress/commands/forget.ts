import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { askToForget, takeForgotten, type Forgotten } from '#shared/run/forgetting.ts';
import { buttonRow, buttonStyle } from '../delivery/buttons.ts';
import type { Command } from './command.ts';

/** Milliseconds that a press waits for a worker to have done it. */
const patienceMs = 20_000;
const lookMs = 200;

/** Forgets a person at their own wish, after they have confirmed it. */
export const forget: Command = {
  definition: {
    name: 'forget',
    type: 1,
    description: 'Have Dragoman forget you',
    options: [
      { type: 1, name: 'me', description: 'Forgets your questions, talks, memories, files, votes and settings' },
    ],
  },
  async use() {
    return {
      say: [
        'This forgets, everywhere and for good: your questions with their answers and files, your part of all talks, your memories and what you saved for others, your votes, your settings, your scheduled questions. Questions that are not answered yet are stopped.',
        whatStays,
      ].join('\n'),
      components: [
        buttonRow([
          { id: 'forget:yes', label: 'Forget me', style: buttonStyle.danger },
          { id: 'forget:no', label: 'Keep everything', style: buttonStyle.secondary },
        ]),
      ],
    };
  },
  async press(interaction, { redis }) {
    if (interaction.name !== 'forget:yes') return { say: 'Nothing was forgotten.', update: true };
    const person = `discord:${interaction.author.id}`;
    await askToForget(redis, person);
    const done = await waitFor(redis, person);
    const words = done
      ? doneText(done)
      : 'It is noted, and done as soon as a worker can: all of yours goes, also when I am restarted meanwhile.';
    return { say: `${words}\n${whatStays}`, update: true };
  },
};

async function waitFor(redis: Redis, person: string): Promise<Forgotten | undefined> {
  const late = performance.now() + patienceMs;
  while (performance.now() < late) {
    const done = await takeForgotten(redis, person);
    if (done) return done;
    await sleep(lookMs);
  }
  return undefined;
}

function doneText({ runs, archived, talks, memories, settings, votes, schedules }: Forgotten): string {
  const counts = [
    counted(runs + archived, 'question with its answer', 'questions with their answers'),
    counted(talks, 'talk', 'talks'),
    counted(memories, 'memory', 'memories'),
    counted(settings, 'setting', 'settings'),
    counted(votes, 'vote', 'votes'),
    counted(schedules, 'scheduled question', 'scheduled questions'),
  ].filter((text) => text !== '');
  return counts.length === 0 ? 'I knew nothing of you.' : `Forgotten: ${counts.join(', ')}.`;
}

function counted(count: number, one: string, more: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : more}`;
}

const whatStays =
  '-# What stays: the audit log (which tools were called for whom, with which changes, and who allowed it) until its own time is over; the sums of what was used, because limits count them; what others asked and were answered, also where it quotes you; what stands in Discord itself, which you can delete there.';
