import { keys } from '#shared/redis/keys.ts';
import { presentWorkers, type Present } from '#shared/queue/presence.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { oneLine } from '../delivery/escape.ts';
import type { Say } from '../language/say.ts';
import type { Command, CommandContext } from './command.ts';
import { answerLink, questionLink } from './links.ts';

/** Tells a person who waits for an answer how the bot is, and where their own questions stand. */
export const status: Command = {
  definition: { name: 'status', type: 1, description: 'How Dragoman is, and where your questions stand' },
  async use({ author, say }, ingress) {
    const lines = [discordLine(say, ingress)];
    try {
      const shared = await queueLines(say, ingress);
      lines.push(...shared, modelLine(say, ingress), '', ...(await ownLines(say, author.id, ingress)));
    } catch {
      lines.push(say('status.queue-away'));
    }
    return { say: lines.join('\n') };
  },
};

function discordLine(say: Say, ingress: CommandContext): string {
  const ms = ingress.ping();
  return ms < 0 ? say('status.discord') : say('status.discord-ms', { ms: Math.round(ms) });
}

async function queueLines(say: Say, { queue, redis }: CommandContext): Promise<string[]> {
  const [depth, present] = await Promise.all([queue.depth(), presentWorkers(redis)]);
  const workers = present.filter((each) => each.queue === 'runs');
  const wait = depth.wait === undefined ? '' : say('status.about', { wait: depth.wait });
  const waiting =
    depth.waiting === 0 ? say('status.queue-empty') : say('status.queue', { count: depth.waiting }) + wait;
  return [waiting, workersLine(say, workers, depth.active)];
}

function workersLine(say: Say, workers: Present[], active: number): string {
  const busy = active === 0 ? say('status.idle') : say('status.at-work', { count: active });
  if (workers.some(({ seen }) => !seen)) return say('status.workers-unseen', { busy });
  return workers.length > 0 ? say('status.workers', { number: workers.length, busy }) : say('status.no-workers');
}

function modelLine(say: Say, { model }: CommandContext): string {
  const now = model.read();
  switch (now.state) {
    case 'answering':
      return say('status.model-answers', { when: `<t:${seconds(now.at)}:R>` });
    case 'failing':
      return say('status.model-fails', { when: `<t:${seconds(now.since)}:t>` });
    case 'unknown':
      return say('status.model-unknown');
  }
}

const shownRuns = 10;

async function ownLines(say: Say, person: string, ingress: CommandContext): Promise<string[]> {
  const ids = await ingress.redis.smembers(keys.inflight(`discord:${person}`));
  const found = await Promise.all(ids.map((id) => ingress.runs.read(id)));
  const runs = found.filter((run) => run !== undefined && run.status !== 'ended') as RunRecord[];
  if (runs.length === 0) return [say('status.none-unanswered')];
  const oldestFirst = runs.toSorted((a, b) => a.acceptedAt - b.acceptedAt);
  const lines = await Promise.all(oldestFirst.slice(0, shownRuns).map((run) => ownLine(say, run, ingress)));
  const more = runs.length > shownRuns ? [say('status.more', { number: runs.length - shownRuns })] : [];
  return [say('status.yours'), ...lines, ...more];
}

async function ownLine(say: Say, run: RunRecord, ingress: CommandContext): Promise<string> {
  const link = (await answerLink(run, ingress.deliveries)) ?? questionLink(run);
  const state = run.status === 'queued' ? await ingress.queue.describe(run.request, say) : undefined;
  const standing = state ?? (run.status === 'ended' ? '' : say(`status.${run.status}`));
  return `- ${link === undefined ? '' : `${link} `}${oneLine(run.request.text, 60)}: ${standing}`;
}

/** Discord shows such a time in the reader's words and time zone. */
function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
