import { keys } from '#shared/redis/keys.ts';
import { plainName } from '../request/names.ts';
import type { Command } from './command.ts';

/** Stops the person's own questions in this channel; a moderator may name somebody else. */
export const stopMine: Command = {
  definition: {
    name: 'stop',
    type: 1,
    description: 'Stop your questions in this channel that are not answered yet',
    options: [{ type: 6, name: 'person', description: 'Whose questions (moderators only)' }],
  },
  async use(interaction, { redis, runs }) {
    const { say } = interaction;
    const person = interaction.values.get('person') ?? interaction.author.id;
    if (person !== interaction.author.id && !interaction.moderator) {
      return { say: say('stop.moderators-only') };
    }
    const by = plainName(interaction.author.name);
    let stopped = 0;
    for (const runId of await redis.smembers(keys.inflight(`discord:${person}`))) {
      const record = await runs.read(runId);
      if (record?.request.discord?.channel !== interaction.channel) continue;
      const result = await runs.stop(runId, by);
      if (result === 'stopping' || result === 'stopped') stopped += 1;
    }
    return { say: stopped === 0 ? say('stop.nothing') : say('stop.stopping', { count: stopped }) };
  },
};
