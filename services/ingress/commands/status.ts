import { keys } from '#shared/redis/keys.ts';
import { presentWorkers, type Present } from '#shared/queue/presence.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { oneLine } from '../delivery/escape.ts';
import type { Command, CommandContext } from './command.ts';
import { answerLink, questionLink } from './links.ts';

/** Tells a person who waits for an answer how the bot is, and where their own questions stand. */
export const status: Command = {
  definition: { name: 'status', type: 1, description: 'How Dragoman is, and where your questions stand' },
  async use(interaction, ingress) {
    const lines = [discordLine(ingress)];
    try {
      const shared = await queueLines(ingress);
      lines.push(...shared, modelLine(ingress), '', ...(await ownLines(interaction.author.id, ingress)));
    } catch {
      lines.push('🔴 **Queue** not reachable: I cannot take questions at the moment, and answers wait.');
    }
    return { say: lines.join('\n') };
  },
};

function discordLine(ingress: CommandContext): string {
  const ms = ingress.ping();
  return `🟢 **Discord** connected${ms < 0 ? '' : `, ${Math.round(ms)} ms`}`;
}

async function queueLines({ queue, redis }: CommandContext): Promise<string[]> {
  const [depth, present] = await Promise.all([queue.depth(), presentWorkers(redis)]);
  const workers = present.filter((each) => each.queue === 'runs');
  const wait = depth.wait === undefined ? '' : `: about ${depth.wait}`;
  const waiting = depth.waiting === 0 ? 'no question waits' : `${counted(depth.waiting, 'question')} ahead${wait}`;
  return [`🟢 **Queue** ${waiting}`, workersLine(workers, depth.active)];
}

function workersLine(workers: Present[], active: number): string {
  const busy = active === 0 ? 'idle' : `at work on ${counted(active, 'question')}`;
  if (workers.some(({ seen }) => !seen)) return `⚪ **Workers** ${busy}`;
  if (workers.length > 0) return `🟢 **Workers** ${workers.length}, ${busy}`;
  return '🔴 **Workers** none is running: questions are kept, and answered when one is back';
}

function modelLine({ model }: CommandContext): string {
  const now = model.read();
  switch (now.state) {
    case 'answering':
      return `🟢 **Model** answered <t:${seconds(now.at)}:R>`;
    case 'failing':
      return `🔴 **Model** fails since <t:${seconds(now.since)}:t>; questions are tried again`;
    case 'unknown':
      return '⚪ **Model** not asked lately';
  }
}

const shownRuns = 10;

async function ownLines(person: string, ingress: CommandContext): Promise<string[]> {
  const ids = await ingress.redis.smembers(keys.inflight(`discord:${person}`));
  const found = await Promise.all(ids.map((id) => ingress.runs.read(id)));
  const runs = found.filter((run) => run !== undefined && run.status !== 'ended') as RunRecord[];
  if (runs.length === 0) return ['None of your questions is unanswered.'];
  const oldestFirst = runs.toSorted((a, b) => a.acceptedAt - b.acceptedAt);
  const lines = await Promise.all(oldestFirst.slice(0, shownRuns).map((run) => ownLine(run, ingress)));
  const more = runs.length > shownRuns ? [`… and ${runs.length - shownRuns} more`] : [];
  return ['**Your questions**', ...lines, ...more];
}

async function ownLine(run: RunRecord, ingress: CommandContext): Promise<string> {
  const link = (await answerLink(run, ingress.deliveries)) ?? questionLink(run);
  const state = run.status === 'queued' ? await ingress.queue.describe(run.request) : undefined;
  return `- ${link === undefined ? '' : `${link} `}${oneLine(run.request.text, 60)}: ${state ?? states[run.status]}`;
}

const states: Record<RunRecord['status'], string> = {
  queued: '⏳ Queued',
  running: '⚙️ being worked on',
  waiting: '✋ waits for somebody’s decision',
  ended: 'ended',
};

function counted(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}

/** Discord shows such a time in the reader's words and time zone. */
function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
