import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { askToForget, takeForgotten, type Forgotten } from '#shared/run/forgetting.ts';
import { buttonRow, buttonStyle } from '../delivery/buttons.ts';
import type { Say } from '../language/say.ts';
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
  async use({ say }) {
    return {
      say: [say('forget.what'), `-# ${say('forget.stays')}`].join('\n'),
      components: [
        buttonRow([
          { id: 'forget:yes', label: say('forget.yes'), style: buttonStyle.danger },
          { id: 'forget:no', label: say('forget.no'), style: buttonStyle.secondary },
        ]),
      ],
    };
  },
  async press(interaction, { redis }) {
    const { say } = interaction;
    if (interaction.name !== 'forget:yes') return { say: say('forget.kept'), update: true };
    const person = `discord:${interaction.author.id}`;
    await askToForget(redis, person);
    const done = await waitFor(redis, person);
    const words = done ? doneText(say, done) : say('forget.noted');
    return { say: `${words}\n-# ${say('forget.stays')}`, update: true };
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

function doneText(say: Say, done: Forgotten): string {
  const counts = (['runs', 'talks', 'memories', 'settings', 'votes', 'schedules'] as const).map(
    (what) => [what, what === 'runs' ? done.runs + done.archived : done[what]] as const,
  );
  const gone = counts.filter(([, count]) => count > 0).map(([what, count]) => say(`forget.${what}`, { count }));
  return gone.length === 0 ? say('forget.nothing') : say('forget.done', { what: gone.join(', ') });
}
