import { afterAll, beforeAll } from 'vitest';
import { discordRunId } from '#shared/run/request.ts';
import { readRun } from '#shared/run/record.ts';
import type { PlayedRun } from '../played-worker.ts';
import { startRig, until, type Rig } from '../rig.ts';
import { dispatchMessage } from './events.ts';
import { driveCases, type DiscordCase, type Outcome, type Situation } from './drive.ts';

interface TransportCase extends DiscordCase {
  http?: string;
  gateway?: string;
  rest?: string;
}

let rig: Rig;
const sends = 'POST /channels/*/messages';

beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false },
    prepare: ({ channels }) => ({ DISCORD_CHANNEL_DISPLAY: `${channels.general}=embeds` }),
  });
});

afterAll(() => rig[Symbol.asyncDispose]());

async function taken(message: string): Promise<PlayedRun> {
  const run = await rig.work(message);
  await run.answered('Answered.');
  return run;
}

/** Waits for the run of a message, and lets it end. */
async function answered(message: string): Promise<PlayedRun> {
  const run = await taken(message);
  await run.end('Answered.');
  return run;
}

function finished({ id }: PlayedRun): Promise<boolean> {
  const key = `{dragoman}:run:${id}:delivery`;
  return until('the delivery is finished', async () => (await rig.redis.hget(key, 'done')) === '1');
}

/** The session is lost. What was written meanwhile comes by REST. */
async function sessionLost({ gateway = '' }: TransportCase): Promise<Outcome> {
  // Each channel needs a message that was dealt with, because reading begins there.
  await answered(rig.ask('before').id);
  const before = rig.controls.sessions().map(({ id }) => id);
  rig.controls.clearRequests();
  if (gateway.startsWith('close')) rig.controls.cut(Number(/\d+/.exec(gateway)?.[0]));
  rig.controls.invalidate(false);
  const asked = rig.ask('meanwhile');
  await answered(asked.id);
  const fresh = rig.controls.sessions().some(({ id, connected }) => connected && !before.includes(id));
  const read = rig.controls
    .requests()
    .some(({ method, path }) => method === 'GET' && /channels\/\d+\/messages$/.test(path));
  const once = (await rig.requests()).filter(({ id }) => id === discordRunId(asked.id)).length === 1;
  return {
    'identify again + catch up by REST': fresh && read && once,
    'new session + catch up': fresh && read && once,
  };
}

async function unknownEvent(): Promise<Outcome> {
  const before = (await rig.requests()).length;
  rig.controls.dispatch('SOMETHING_OF_TOMORROW', { id: '1', guild_id: rig.playground.guildId, content: 'hello' });
  await answered(rig.ask('after it').id);
  const { resumes } = rig.controls.sessions().at(-1) ?? { resumes: 0 };
  return { ignore: (await rig.requests()).length === before + 1 && resumes === 0 };
}

/** Tests a member whom the library does not know yet, and somebody who is no member. */
async function withoutMember(): Promise<Outcome> {
  const person = rig.controls.addPerson({ name: 'Newcomer', roles: ['operator'] });
  const stranger = rig.controls.addPerson({ name: 'Stranger', roles: ['operator'] });
  rig.controls.removePerson('Stranger');
  const rolesOf = async (id: string, username: string): Promise<string[]> => {
    const message = dispatchMessage(rig.playground, { author: { id, username }, content: 'hello' });
    return (await answered(message)).request.caller.discordRoles;
  };
  const fetched = (await rolesOf(person, 'Newcomer')).includes('operator');
  return { 'fetch member or treat as no roles': fetched && (await rolesOf(stranger, 'Stranger')).length === 0 };
}

/** After a 429 for the whole bot nothing more is sent, to any route, until its time is over. */
async function globalLimit(): Promise<Outcome> {
  const limited = rig.ask('limited');
  const run = await rig.work(limited.id);
  await run.answered('Answered.');
  // Once the answer is shown, nothing else is under way.
  await rig.controls.waitFor(({ replyTo }) => replyTo === limited.id);
  await until('its signs are given', () => rig.controls.message(limited.id).reactions.length > 0);
  const retryAfter = 2;
  rig.controls.inject({ route: 'PATCH /channels/*/messages/*', status: 429, global: true, retryAfter });
  await run.end('Answered.');
  const refused = await until(
    'it is refused',
    () => rig.controls.requests().find(({ status }) => status === 429) ?? false,
  );
  const asked = rig.ask('elsewhere', { author: 'Dev', channel: 'data' });
  await answered(asked.id);
  await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  const over = (refused.answeredAt ?? 0) + retryAfter * 1_000;
  const later = rig.controls.requests().filter(({ at, authorised }) => authorised && at > (refused.answeredAt ?? 0));
  return { 'all buckets wait': later.length > 0 && later.every(({ at }) => at >= over) };
}

async function invalidBody(): Promise<Outcome> {
  rig.controls.inject({ route: sends, status: 400 });
  const asked = rig.ask('an embed');
  const run = await answered(asked.id);
  await finished(run);
  const shown = rig.controls.messages('general').filter(({ replyTo }) => replyTo === asked.id);
  return {
    'fallback plain text': shown.every(({ content }) => content.includes('Answered.')),
    messages: shown.length,
  };
}

async function mayNotWrite(): Promise<Outcome> {
  const run = await taken(rig.ask('one', { author: 'Max', channel: 'data' }).id);
  rig.controls.permit('data', 'Dragoman', { deny: ['SEND_MESSAGES'] });
  rig.controls.clearRequests();
  await run.end('Unseen.');
  await finished(run);
  const told = await rig.controls.waitFor(({ content }) => content.includes('lack the permission'));
  const failed = await rig.queues.queue('replies').getFailedCount();
  const tries = rig.controls.requests().filter(({ path, status }) => path.endsWith('/messages') && status === 403);
  rig.controls.unpermit('data', 'Dragoman');
  const record = await readRun(rig.redis, run.id);
  return {
    audit: told.channelId === rig.controls.openDm('Max') && record?.status === 'ended',
    'no retry loop': tries.length === 1 && failed === 0,
  };
}

driveCases<TransportCase>({
  name: 'transport',
  holds: ({ category }) => category === 'transport',
  meaningless: ({ http }) =>
    http === undefined ? undefined : `interactions come over the gateway; there is no endpoint for "${http}"`,
  situations: [
    {
      fits: ({ gateway = '' }) => /^op 9|^close/.test(gateway),
      fields: { gateway: /^(?:op 9 d=false|close \d{4})$/ },
      drive: sessionLost,
    },
    exactly('gateway', 'unknown event type', unknownEvent),
    exactly('gateway', 'member is missing on MESSAGE_CREATE', withoutMember),
    exactly('rest', '429 global', globalLimit),
    exactly('rest', '50035 invalid form body', invalidBody),
    exactly('rest', '50013 missing permissions', mayNotWrite),
  ],
});

function exactly(field: 'gateway' | 'rest', words: string, drive: () => Promise<Outcome>): Situation<TransportCase> {
  return { fits: (entry) => entry[field] === words, fields: { [field]: [words] }, drive };
}
