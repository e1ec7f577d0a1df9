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
    const kept =
      interaction.place === 'thread'
        ? `In a thread I read its latest ${ingress.config.DISCORD_CONTEXT_MESSAGES} messages for each question.`
        : `I keep ${counted(messages.length, 'message')} of it, about ${tokens} tokens.`;
    const last = await lastRead(ingress, person, conversation, number);
    const lines = ['**This conversation**', kept, ...summaryLines(summary), ...(last ? [lastLine(last)] : [])];
    return { say: [...lines, '-# `/undo` takes your last question out of it, `/reset` begins a new one.'].join('\n') };
  },
};

function summaryLines(summary: TalkSummary | undefined): string[] {
  if (!summary) return [];
  const { messages, content, model, at = 0 } = summary;
  const head = `A summary stands for ${counted(messages, 'older message')} (by ${oneLine(model, 60)}, <t:${Math.floor(at / 1_000)}:R>):`;
  const text = cutTo(content, shownSummary).replaceAll('\n', '\n> ');
  return [head, `> ${text}${content.length > shownSummary ? '…' : ''}`];
}

function lastLine({ messages, tokens, room, leftOut, summarised }: EntryOf<'talk.read'>): string {
  const notes = summarised === undefined ? '' : ' and the summary';
  const cut = leftOut === 0 ? 'Nothing was left out.' : `${counted(leftOut, 'older message')} did not fit.`;
  return `For your last question I looked at ${counted(messages, 'message')}${notes}: about ${tokens} of at most ${room} tokens. ${cut}`;
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

function counted(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}
