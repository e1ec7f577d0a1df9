import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { readRun } from '#shared/run/record.ts';
import { occurrenceId, type Schedule } from '#shared/schedules/schedule.ts';
import { addSchedule, listSchedules, readSchedule } from '#shared/schedules/store.ts';
import { changeSettings } from '#shared/settings/change-settings.ts';
import type { IngressContext } from '#services/ingress/context.ts';
import { startServiceProcess } from '#test/lib/service-process.ts';
import { playWorker } from './played-worker.ts';
import { startRig, until, type Rig } from './rig.ts';

const hourMs = 3_600_000;
let rig: Rig;
/** By how many milliseconds the played clock differs from ours. */
let offset = 0;
let first: IngressContext;
let second: IngressContext;
const now = () => Date.now() + offset;

beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false },
    overrides: { schedules: { everyMs: 40, againMs: 100, now: async () => now() } },
    start: false,
  });
  first = await rig.start();
  second = await rig.start();
});

afterAll(async () => {
  await Promise.all([first, second].map((ingress) => ingress?.[Symbol.asyncDispose]()));
  await rig?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  offset = 0;
  for (const { id } of await listSchedules(rig.redis)) await rig.redis.hdel(keys.schedules, id);
  const made = await rig.redis.keys('*schedules*');
  if (made.length > 0) await rig.redis.del(...made);
});

async function use(author: string, subcommand: string, options: Record<string, string> = {}, channel = 'general') {
  const used = rig.controls.command({ channel, author, name: 'schedule', subcommand, options });
  const { message } = await used.outcome();
  expect(message?.visibleTo).toBe(rig.playground.people[author as 'Ada']);
  return message?.content ?? '';
}

const only = async () => {
  const [schedule] = await listSchedules(rig.redis);
  if (!schedule) throw new Error('nothing is scheduled');
  return schedule;
};

/** A schedule of every hour that is due now, or was due `lateMs` ago. */
async function due(change: Partial<Schedule> = {}, lateMs = 0): Promise<Schedule & { next: number }> {
  const next = now() - lateMs;
  const made = {
    maker: { id: rig.playground.people.Dev, name: 'Dev' },
    guild: rig.playground.guildId,
    channel: rig.playground.channels.general,
    question: 'What changed?',
    when: 'every hour',
    timing: { kind: 'every' as const, everyMs: hourMs, from: next },
    zone: 'UTC',
    createdAt: next,
    next,
    ...change,
  };
  const schedule = await addSchedule(rig.redis, made, { perPerson: 1_000, perServer: 1_000 });
  if (typeof schedule === 'string') throw new Error(schedule);
  return { ...schedule, next };
}

/** Ids of all runs that came of a schedule. */
const runsOf = async ({ id }: Schedule) =>
  (await rig.requests()).map((request) => request.id).filter((run) => run.startsWith(`schedule-${id}-`));

/** Waits until the occurrence is noted as asked. */
const asked = (schedule: Schedule & { next: number }, dueAt = schedule.next) =>
  until('it is asked', async () => (await readSchedule(rig.redis, schedule.id))?.schedule.last?.due === dueAt);

const work = (schedule: Schedule & { next: number }) =>
  playWorker(rig.redis, rig.queues, occurrenceId(schedule, schedule.next));

test('/schedule add, list, pause, resume and delete; each sees their own, who manages the server all', async () => {
  const added = await use('Dev', 'add', {
    when: 'every weekday at 9:00',
    question: 'What changed overnight?',
    channel: 'data',
    timezone: 'berlin',
  });
  const schedule = await only();
  expect(schedule).toMatchObject({
    channel: rig.playground.channels.data,
    timing: { kind: 'cron', pattern: '0 9 * * 1-5' },
    zone: 'Europe/Berlin',
  });
  const { id, next = 0 } = schedule;
  expect(added).toContain(`\`${id}\``);
  expect(added).toContain(`<t:${next / 1_000}:F>`);
  expect(await use('Dev', 'list')).toContain('What changed overnight?');
  expect(await use('Max', 'list')).toContain('Nothing is scheduled');
  expect(await use('Ada', 'list')).toContain(`of <@${rig.playground.people.Dev}>`);
  expect(await use('Max', 'delete', { id })).toContain('There is no schedule');
  expect(await use('Ada', 'pause', { id })).toContain('Paused');
  expect(await use('Dev', 'pause', { id })).toContain('paused already');
  expect(await use('Dev', 'list')).toContain('Ada paused it');
  expect(await use('Dev', 'resume', { id })).toContain(`<t:${next / 1_000}:F>`);
  expect(await use('Dev', 'delete', { id })).toContain('Deleted');
  expect(await listSchedules(rig.redis)).toEqual([]);
  const rows = await rig.redis.xrange(keys.audit, '-', '+');
  const deeds = rows.map(
    ([, fields]) => JSON.parse(fields[7] ?? '{}') as { schedule?: string; deed?: string; by?: string },
  );
  expect(deeds.filter((row) => row.schedule === id).map(({ deed, by }) => `${deed} ${by}`)).toEqual([
    'added Dev',
    'paused Ada',
    'resumed Dev',
    'deleted Dev',
  ]);
});

test('what cannot be scheduled is refused with words that say what to do', async () => {
  const question = 'Anything new?';
  expect(await use('Dev', 'add', { when: 'every now and then', question })).toContain('every weekday at 9:00');
  expect(await use('Dev', 'add', { when: 'tomorrow', question })).toContain('time of day');
  expect(await use('Dev', 'add', { when: '* * * * *', question })).toContain('every 15 minutes');
  expect(await use('Dev', 'add', { when: 'daily at 9', question, timezone: 'Atlantis' })).toContain('time zone');
  rig.controls.permit('data', 'Guest', { deny: ['SEND_MESSAGES'] });
  expect(await use('Guest', 'add', { when: 'daily at 9', question, channel: 'data' })).toContain('You cannot write');
  rig.controls.unpermit('data', 'Guest');
  for (let count = 0; count < 10; count += 1) await due({ next: now() + hourMs });
  expect(await use('Dev', 'add', { when: 'daily at 9', question })).toContain('You have 10 schedules');
  rig.controls.setLocale({ person: 'Dev' }, 'de');
  expect(await use('Dev', 'add', { when: 'jeden Werktag um 9 Uhr', question })).toContain('Du hast 10 geplante Fragen');
  expect(await use('Dev', 'list')).toContain('**Geplante Fragen**');
  rig.controls.setLocale({ person: 'Dev' }, 'en-US');
});

test('of two processes one asks, with the rights of the moment; the answer says what was asked', async () => {
  rig.controls.setRoles('Dev', ['member']);
  const schedule = await due();
  const run = await work(schedule);
  expect(run.request.caller).toMatchObject({ id: rig.playground.people.Dev });
  expect(run.request.caller.discordRoles).not.toContain('developer');
  await run.end('Nothing at all.');
  const answer = await rig.controls.waitFor(({ content }) => content.includes('Nothing at all.'));
  expect(answer.content).toMatch(/^-# ⏰ \*\*What changed\?\*\* · every hour, for <@\d+>\nNothing at all\./);
  expect(answer.content).not.toContain('Late');
  await asked(schedule);
  expect(await runsOf(schedule)).toHaveLength(1);
  rig.controls.setRoles('Dev', ['developer', 'member']);
});

test('what was missed is asked once, late, and said so; a clock that is set back asks nothing again', async () => {
  const schedule = await due();
  await asked(schedule);
  offset = 5 * hourMs + 600_000;
  const missed = schedule.next + hourMs;
  await asked(schedule, missed);
  const late = await playWorker(rig.redis, rig.queues, occurrenceId(schedule, missed));
  await late.end('Better late.');
  const answer = await rig.controls.waitFor(({ content }) => content.includes('Better late.'));
  expect(answer.content).toContain('4 later times were missed as well');
  offset = 0;
  // Another schedule is asked meanwhile, so that the clock that was set back has been looked at.
  await asked(await due());
  expect(await runsOf(schedule)).toHaveLength(2);
  expect((await only()).next).toBeDefined();
  expect((await readSchedule(rig.redis, schedule.id))?.schedule.next).toBe(schedule.next + 6 * hourMs);
});

test('a kill between the run and its noting makes no second run', async () => {
  const schedule = await due();
  const before = await rig.redis.hget(keys.schedules, schedule.id);
  await asked(schedule);
  await rig.redis
    .multi()
    .hset(keys.schedules, schedule.id, before ?? '')
    .zadd(keys.schedulesDue, schedule.next, schedule.id)
    .exec();
  await asked(schedule);
  expect(await runsOf(schedule)).toHaveLength(1);
});

test('a single time is forgotten when it was asked', async () => {
  const schedule = await due({ timing: { kind: 'once', at: now() } });
  await until('it is gone', async () => (await readSchedule(rig.redis, schedule.id)) === undefined);
  expect(await readRun(rig.redis, occurrenceId(schedule, schedule.next))).toBeDefined();
});

test('a maker who left, or may not write there any more, is not asked for: it is paused and told', async () => {
  const person = rig.controls.addPerson({ name: 'Leaver' });
  const schedule = await due({ maker: { id: person, name: 'Leaver' }, next: now() + hourMs });
  rig.controls.removePerson('Leaver');
  offset = 2 * hourMs;
  const told = await rig.controls.waitFor(({ content }) => content.includes(`(\`${schedule.id}\`)`));
  expect(told.content).toContain('has left the server');
  await until('it is paused', async () => (await only()).paused?.why === 'left');
  expect(await runsOf(schedule)).toEqual([]);
  rig.controls.permit('data', 'Max', { deny: ['VIEW_CHANNEL'] });
  const hidden = await due({
    maker: { id: rig.playground.people.Max, name: 'Max' },
    channel: rig.playground.channels.data,
  });
  await until('it is paused', async () => {
    return (await readSchedule(rig.redis, hidden.id))?.schedule.paused?.why === 'no-access';
  });
  rig.controls.unpermit('data', 'Max');
  expect(await runsOf(hidden)).toEqual([]);
});

test('the server’s list of channels counts when it is made and each time', async () => {
  const server = `server:${rig.playground.guildId}`;
  const by = { kind: 'terminal' as const, id: 'root', name: 'root' };
  const { data, general } = rig.playground.channels;
  await changeSettings(rig.redis, server, { channels: [data] }, by);
  const question = 'Anything new?';
  expect(await use('Dev', 'add', { when: 'daily at 9', question })).toBe(`I do not answer here, only in <#${data}>.`);
  expect(await use('Dev', 'add', { when: 'daily at 9', question, channel: data })).toContain('Scheduled as');
  const schedule = await due({ channel: general });
  const told = await rig.controls.waitFor(({ content }) => content.includes(`(\`${schedule.id}\`)`));
  // It is told to its maker, not in the channel in which nothing is to be written.
  expect(rig.controls.messages('@Dev').some(({ id }) => id === told.id)).toBe(true);
  expect(told.content).toContain('let me answer in other channels only');
  await until('it is paused', async () => {
    return (await readSchedule(rig.redis, schedule.id))?.schedule.paused?.why === 'not-chosen';
  });
  expect(await runsOf(schedule)).toEqual([]);
  expect(await use('Dev', 'list')).toContain('let me answer in other channels only');
  await changeSettings(rig.redis, server, { channels: undefined }, by);
  await asked(await due({ channel: general }));
});

test('it waits while its maker has too many unanswered questions', async () => {
  const inflight = keys.inflight(`discord:${rig.playground.people.Dev}`);
  const many = Array.from({ length: 10 }, (_, index) => `unanswered-${index}`);
  await rig.redis.sadd(inflight, ...many);
  const schedule = await due();
  await asked(await due({ maker: { id: rig.playground.people.Ada, name: 'Ada' } }));
  expect(await runsOf(schedule)).toEqual([]);
  await rig.redis.srem(inflight, ...many);
  await asked(schedule);
});

test('a process that dies while it asks leaves it to the next one; after a restart it is asked once', async () => {
  await Promise.all([first, second].map((ingress) => ingress[Symbol.asyncDispose]()));
  rig.controls.inject({
    route: `GET /guilds/${rig.playground.guildId}/members/${rig.playground.people.Olga}`,
    delayMs: 60_000,
  });
  const dying = await startServiceProcess('services/ingress/main.ts', {
    REDIS_URL: rig.server.url,
    DISCORD_TOKEN: rig.playground.token,
    DISCORD_API_BASE: rig.playground.url,
    DISCORD_TOOLS_PORT: '0',
  });
  rig.controls.clearRequests();
  const schedule = await due({ maker: { id: rig.playground.people.Olga, name: 'Olga' } }, 1_000);
  await until('it asks for the member', () =>
    rig.controls.requests().some(({ path }) => path.endsWith(`/members/${rig.playground.people.Olga}`)),
  );
  process.kill(dying.pid, 'SIGKILL');
  await dying.ended();
  rig.controls.clearFaults();
  expect(await runsOf(schedule)).toEqual([]);
  second = await rig.start();
  await asked(schedule);
  expect(await runsOf(schedule)).toHaveLength(1);
});
