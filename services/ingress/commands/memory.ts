import type { Redis } from 'ioredis';
import { memoryScopes, ownersOf, type MemoryScope } from '#shared/memory/scopes.ts';
import { deleteMemories, listMemories, type MemoryEntry } from '#shared/memory/store.ts';
import { memoryLimits } from '#shared/memory/variables.ts';
import { callerKey, callerSchema, type Caller } from '#shared/run/request.ts';
import { inlineCode, oneLine } from '../delivery/escape.ts';
import type { Say } from '../language/say.ts';
import { callerOf } from '../request/build.ts';
import type { Command, CommandContext } from './command.ts';

/** Memories on a page; as many as a message holds, when each is shortened. */
const pageSize = 8;
const shownChars = 180;

interface Remembered {
  scope: MemoryScope;
  owner: string;
  entry: MemoryEntry;
}

/** Shows a person what is remembered for them and where they are, and deletes what they may. */
export const memory: Command = {
  definition: {
    name: 'memory',
    type: 1,
    description: 'What Dragoman remembers for you, this channel and this server',
    options: [
      { type: 3, name: 'page', description: 'Which page', max_length: 4 },
      {
        type: 3,
        name: 'delete',
        description: 'The id of a memory to delete, or "all" for all that are yours',
        max_length: 20,
      },
    ],
  },
  async use(interaction, ingress) {
    const { say } = interaction;
    const caller = callerSchema.parse(callerOf(interaction));
    const { ttlMs } = memoryLimits(ingress.config);
    const all = await rememberedFor(ingress.redis, caller, ttlMs);
    const unwanted = interaction.values.get('delete')?.trim();
    if (unwanted !== undefined && unwanted !== '') return { say: await remove(say, ingress, caller, all, unwanted) };
    return { say: page(say, all, Number.parseInt(interaction.values.get('page') ?? '1', 10)) };
  },
};

async function rememberedFor(redis: Redis, caller: Caller, ttlMs: number): Promise<Remembered[]> {
  const lists = await Promise.all(
    ownersOf(caller).map(async ([scope, owner]) => {
      const entries = await listMemories(redis, owner, ttlMs);
      return entries.map((entry) => ({ scope, owner, entry }));
    }),
  );
  return lists.flat();
}

async function remove(
  say: Say,
  { redis, policy }: CommandContext,
  caller: Caller,
  all: readonly Remembered[],
  id: string,
): Promise<string> {
  if (id === 'all') {
    const mine = all.filter(({ scope }) => scope === 'mine');
    await Promise.all(mine.map(({ owner, entry }) => deleteMemories(redis, owner, [entry.id])));
    return mine.length === 0 ? say('memory.none-of-yours') : say('memory.deleted-all', { count: mine.length });
  }
  const found = all.find(({ entry }) => entry.id === id);
  if (!found) return say('memory.unknown', { id: inlineCode(id, 20) });
  const { scope, owner, entry } = found;
  const shares = policy.current().permission(caller, 'memory_share') === 'allow';
  if (scope !== 'mine' && entry.by !== callerKey(caller) && !shares) {
    return say(`memory.of-${scope}`);
  }
  await deleteMemories(redis, owner, [id]);
  return say('memory.deleted', { text: oneLine(entry.text, 200) });
}

function page(say: Say, all: readonly Remembered[], wanted: number): string {
  if (all.length === 0) return say('memory.none');
  const pages = Math.ceil(all.length / pageSize);
  const number = Math.min(Math.max(1, Number.isNaN(wanted) ? 1 : wanted), pages);
  const shown = all.slice((number - 1) * pageSize, number * pageSize);
  const lines = memoryScopes.flatMap((scope) => {
    const own = shown.filter((each) => each.scope === scope);
    return own.length === 0 ? [] : [`**${say(`memory.${scope}`)}**`, ...own.map(({ entry }) => lineOf(entry))];
  });
  const next = (number % pages) + 1;
  const foot = pages > 1 ? [`-# ${say('memory.page', { page: number, pages, next })}`] : [];
  return [...lines, ...foot, `-# ${say('memory.how-to-delete')}`].join('\n');
}

function lineOf({ id, text }: MemoryEntry): string {
  return `- \`${id}\` ${oneLine(text, shownChars)}`;
}
