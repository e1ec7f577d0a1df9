import { afterAll, beforeAll } from 'vitest';
import type { RunRequest } from '#shared/run/request.ts';
import { startRig, until, type Rig } from '../rig.ts';
import { driveCases, type DiscordCase, type Outcome } from './drive.ts';

interface FloodCase extends DiscordCase {
  burst?: number;
  /** How many people write; one where the case names a single user. */
  users?: number;
}

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false },
    environment: { DISCORD_REACTIONS: 'false', DISCORD_BURST_MS: '0' },
  });
});

afterAll(() => rig[Symbol.asyncDispose]());

const limit = 10;

/** What `/why` says of a message. */
async function why(message: string, author: string): Promise<string> {
  const used = rig.controls.command({ channel: 'general', author, name: 'why', options: { message } });
  return (await used.outcome()).message?.content ?? '';
}

/** Sends each message when the one before it was dealt with, so that each is a question of its own. */
async function byOne({ burst = 0 }: FloodCase): Promise<Outcome> {
  const asked: string[] = [];
  for (let index = 0; index < burst; index += 1) {
    const { id } = rig.ask(`question ${index}`, { author: 'Guest' });
    asked.push(id);
    const known = index < limit ? 'It became' : '`too-many`';
    await until(`/why knows question ${index}`, async () => (await why(id, 'Guest')).includes(known));
  }
  const taken = (await rig.requests()).map(({ discord }) => discord?.message);
  const notices = rig.controls.messages('general').filter(({ content }) => content.includes('unanswered questions'));
  return {
    'rate limit: first N run': taken.join() === asked.slice(0, limit).join(),
    '1 notice': notices.length === 1,
  };
}

/** Everybody writes at once and in two channels. One person's messages come before the next person's. */
async function byMany({ burst = 0, users = 0 }: FloodCase): Promise<Outcome> {
  const channels = ['one', 'two'].map((name) => rig.controls.addChannel({ name }));
  const before = (await rig.requests()).length;
  const asked: string[] = [];
  for (let user = 0; user < users; user += 1) {
    const author = `Person ${user}`;
    rig.controls.addPerson({ name: author });
    for (let index = 0; index < burst / users; index += 1) {
      asked.push(rig.ask(`question ${index}`, { author, channel: channels[index % 2] ?? 'general' }).id);
    }
  }
  const requests = await until('all messages are in questions', async () => {
    const all = (await rig.requests()).slice(before);
    return messagesOf(all).size >= asked.length && all;
  });
  return {
    'queue with fairness': await firstOfEach(requests, users),
    '0 lost': asked.every((id) => messagesOf(requests).has(id)),
  };
}

function messagesOf(requests: RunRequest[]): Set<string> {
  return new Set(requests.flatMap(({ discord }) => discord?.messages ?? []));
}

/**
 * Whether the next jobs that workers take belong to as many people: nobody gets a second answer before another's first.
 */
async function firstOfEach(requests: RunRequest[], users: number): Promise<boolean> {
  const jobs = await until('the jobs are queued', async () => {
    const queued = await rig.queues.queue('runs').getPrioritized(0, -1);
    const own = queued.filter(({ data }) => requests.some(({ id }) => id === (data as { runId: string }).runId));
    return own.length === users * 2 && own;
  });
  const next = jobs.slice(0, users).map(({ data }) => (data as { runId: string }).runId);
  return new Set(requests.filter(({ id }) => next.includes(id)).map(({ caller }) => caller.id)).size === users;
}

/** The time between the messages does not matter: each comes as soon as it can. */
const flood = { burst: 'any', seconds: 'any' } as const;

driveCases<FloodCase>({
  name: 'floods',
  holds: ({ category, burst }) => category === 'input' && burst !== undefined,
  situations: [
    { fits: ({ users }) => users === undefined, fields: { ...flood, user: ['one'] }, drive: byOne },
    { fits: () => true, fields: { ...flood, users: 'any' }, drive: byMany },
  ],
});
