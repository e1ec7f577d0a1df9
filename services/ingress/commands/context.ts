import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import { listRecent } from '#shared/run/list.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { callerKey, callerSchema } from '#shared/run/request.ts';
import { readTalkLines, type TalkSummary } from '#shared/run/talk-lines.ts';
import { historyName, readTalk } from '#shared/run/talks.ts';
import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import { oneLine } from '../delivery/escape.ts';
import type { Say } from '../language/say.ts';
import { cutTo } from '../text/cut.ts';
import { callerOf, conversationOf } from '../request/build.ts';
import type { Command, CommandContext } from './command.ts';

/** Characters of the summary that are shown: a message holds 2,000. */
const shownSummary = 1_200;
/** Runs that are looked at for the newest one of a conversation. */
const lookedAt = 100;

/** Shows how far Dragoman looks back in the conversation here. */
export const context: Command = {
  definition: { name: 'context', type: 1, description: 'What Dragoman knows of the conversation here' },
  async use(interaction, ingress) {
    const conversation = conversationOf({ ...interaction, kind: interaction.place });
    const person = callerKey(callerSchema.parse(callerOf(interaction)));
    const { number } = await readTalk(ingress.redis, conversation);
    const stored = await ingress.redis.lrange(keys.history(historyName(conversation, number)), 0, -1);
    const { messages, summary } = readTalkLines(stored);
    const tokens = messages.reduce((sum, { content }) => sum + estimatedTokens(content), 0);
    const { say } = interaction;
    const kept =
      interaction.place === 'thread'
        ? say('context.thread', { count: ingress.config.DISCORD_CONTEXT_MESSAGES })
        : say('context.kept', { count: messages.length, tokens });
    const last = await lastRead(ingress, person, conversation, number);
    const lines = [say('context.head'), kept, ...summaryLines(say, summary), ...(last ? [lastLine(say, last)] : [])];
    return { say: [...lines, `-# ${say('context.hint')}`].join('\n') };
  },
};

function summaryLines(say: Say, summary: TalkSummary | undefined): string[] {
  if (!summary) return [];
  const { messages, content, model, at = 0 } = summary;
  const when = `<t:${Math.floor(at / 1_000)}:R>`;
  const head = say('context.summary', { count: messages, model: oneLine(model, 60), when });
  const text = cutTo(content, shownSummary).replaceAll('\n', '\n> ');
  return [head, `> ${text}${content.length > shownSummary ? '…' : ''}`];
}

function lastLine(say: Say, { messages, tokens, room, leftOut, summarised }: EntryOf<'talk.read'>): string {
  const key = summarised === undefined ? 'context.read' : 'context.read-with-summary';
  const cut = leftOut === 0 ? say('context.all') : say('context.left-out', { count: leftOut });
  return `${say(key, { count: messages, tokens, room })} ${cut}`;
}

/** How far the person's last question in this talk looked back. */
async function lastRead(
  { redis, runs }: CommandContext & { redis: Redis },
  person: string,
  conversation: string,
  talk: number,
): Promise<EntryOf<'talk.read'> | undefined> {
  const { rows } = await listRecent(redis, { user: person, limit: lookedAt });
  const last = rows.find((run) => run.request.conversation === conversation && run.talk === talk && run.epoch > 0);
  return last && foldJournal(await runs.journal(last.id)).lookedBack;
}
