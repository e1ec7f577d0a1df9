import { afterAll, beforeAll } from 'vitest';
import { helpText } from '#services/ingress/messages/tell.ts';
import { speak } from '#services/ingress/language/say.ts';
import { asData } from '#services/worker/tools/result-text.ts';
import type { OfferedTool } from '#services/worker/tools/toolbox.ts';
import { discordRunId, type RunRequest } from '#shared/run/request.ts';
import { readRun } from '#shared/run/record.ts';
import { startRig, until, type Rig } from '../rig.ts';
import { dispatchMessage, dropped } from './events.ts';
import { driveCases, type DiscordCase, type Outcome, type Situation } from './drive.ts';
import { isTame, promptOf } from './prompt.ts';

interface InputCase extends DiscordCase {
  content?: string;
  webhookId?: string;
  author?: { system?: boolean };
  type?: string;
  reference?: { bot?: boolean; missing?: boolean };
  nickname?: string;
  channelName?: string;
  attachmentName?: string;
  direction?: string;
  burst?: number;
}

let rig: Rig;
const elsewhere = 'Elsewhere';

beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false },
    prepare({ controls, guildId }) {
      controls.addGuild({ name: elsewhere, owner: 'Max' });
      return { DISCORD_GUILDS_ALLOW: guildId };
    },
  });
});

afterAll(() => rig[Symbol.asyncDispose]());

/** A question with a case's text. The bot is mentioned if the case does not do it. */
function written(content: string): string {
  const named = content.includes('<@BOT>') ? content : `<@BOT> ${content}`;
  return named.replaceAll('<@BOT>', `<@${rig.playground.botId}>`);
}

/** The request that a message becomes. Its run is then answered. */
async function requestOf(message: { id: string }): Promise<RunRequest> {
  const run = await rig.work(message.id);
  await run.end('Answered.');
  return run.request;
}

function textOf(content: string): string {
  return content.toWellFormed().replaceAll('<@BOT>', '').trim();
}

async function ranOnce(message: string): Promise<boolean> {
  const requests = await rig.requests();
  return requests.filter(({ discord }) => discord?.messages?.includes(message)).length === 1;
}

/** Whether the bot no longer answers: an error in one message must not affect others. */
async function crashed(): Promise<boolean> {
  await requestOf(rig.ask('still there?', { author: 'Dev', channel: 'data' }));
  return false;
}

async function noRun(message: string): Promise<boolean> {
  return (await readRun(rig.redis, discordRunId(message))) === undefined;
}

/** Sends a person's text as a question: what is kept of it, and what the model gets. */
async function plain({ content = '' }: InputCase): Promise<Outcome> {
  const asked = rig.say({ channel: 'general', author: 'Ada', content: written(content) });
  if (textOf(content) === '') {
    const told = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
    return { 'help text': told.content === helpText(speak('en')) && (await noRun(asked.id)) };
  }
  const request = await requestOf(asked);
  const [, ...others] = promptOf(request);
  return {
    run: request.text === textOf(content),
    'text only': others.length === 1 && isPersonsText(others[0], request),
    'delimiter escaped': isContained(content),
    crash: await crashed(),
  };
}

function isPersonsText(message: object | undefined, request: RunRequest): boolean {
  const wanted = { role: 'user', content: `${request.caller.name}: ${request.text}` };
  return JSON.stringify(message) === JSON.stringify(wanted);
}

/** Text from outside stays between its marks, whatever closing marks it contains: even those of an earlier text. */
function isContained(content: string): boolean {
  const tool = { name: 'fetch', inputSchema: {} } as OfferedTool;
  const earlier = asData(tool, 'x', 100);
  return [content, `${earlier} ${content}`].every((text) => {
    const data = asData(tool, text, 10_000);
    const close = /^<(data-\w+) /.exec(data)?.[1] ?? 'none';
    return data.split(`</${close}>`).length === 2 && data.endsWith(`</${close}>`) && !text.includes(close);
  });
}

/** Messages that no person wrote, although they mention the bot and carry an admin's name. */
async function notPeoples(entry: InputCase): Promise<Outcome> {
  const content = entry.content ?? '';
  // Notices are about people. Webhooks and Discord itself write with another account, whatever its name is.
  const id = entry.type === undefined ? '1457523995443200999' : rig.playground.people.Ada;
  const author = { id, username: 'Ada' };
  const notices = entry.type?.split('/').map((name) => noticeTypes[name as keyof typeof noticeTypes]) ?? [0];
  const ids: string[] = [];
  for (const type of notices) {
    const raw = {
      author: { ...author, ...entry.author },
      content,
      fields: { type, ...(entry.webhookId !== undefined && { webhook_id: entry.webhookId }) },
    };
    await dropped(() => ids.push(dispatchMessage(rig.playground, raw)));
  }
  const none = await Promise.all(ids.map(noRun));
  return { ignore: none.every(Boolean) };
}

/** Discord's message types. */
const noticeTypes = { pin: 6, join: 7, boost: 8 };

async function edited({ content = '' }: InputCase): Promise<Outcome> {
  const asked = rig.say({ channel: 'general', author: 'Ada', content: written(content) });
  const run = await rig.work(asked.id);
  rig.controls.editMessage(asked.id, written(`${content} again`));
  await run.end('Answered.');
  await rig.controls.waitFor(({ replyTo, content: text }) => replyTo === asked.id && text.includes('Answered.'));
  rig.controls.editMessage(asked.id, written(`${content} once more`));
  await crashed();
  return { 'no second run': await ranOnce(asked.id) };
}

async function deleted({ content = '' }: InputCase): Promise<Outcome> {
  const asked = rig.say({ channel: 'general', author: 'Ada', content: written(content) });
  const run = await rig.work(asked.id);
  rig.controls.deleteMessage(asked.id);
  await run.end('Answered all the same.');
  const delivery = `{dragoman}:run:${run.id}:delivery`;
  await until('the delivery is finished', async () => (await rig.redis.hget(delivery, 'done')) === '1');
  const failed = await rig.queues.queue('replies').getFailedCount();
  const refused = rig.controls.requests().filter(({ path, status }) => path.endsWith('/messages') && status >= 400);
  return { 'no reply error': failed === 0 && refused.length === 0, crash: await crashed() };
}

async function reply({ content = '', reference }: InputCase): Promise<Outcome> {
  const first = await rig.work(rig.ask('first', { author: 'Max' }).id);
  await first.answered('Text of the bot.');
  await first.end('Text of the bot.');
  const answer = await rig.controls.waitFor(({ content: text }) => text.includes('Text of the bot.'));
  const said = rig.say({ channel: 'general', author: 'Dev', content: 'soon gone' });
  const replyTo = reference?.bot ? answer.id : said.id;
  // A reply to the bot's own message needs no mention.
  const text = reference?.bot ? content : written(content);
  const asked = rig.say({ channel: 'general', author: 'Ada', content: text, replyTo, ping: false });
  if (reference?.missing) rig.controls.deleteMessage(said.id);
  const request = await requestOf(asked);
  const context = request.context?.map(({ content: earlier }) => earlier) ?? [];
  return {
    run: request.text === content,
    policy: request.text === content && context.includes('Text of the bot.'),
    crash: await crashed(),
  };
}

async function nickname({ nickname: name = '' }: InputCase): Promise<Outcome> {
  rig.controls.addPerson({ name });
  const request = await requestOf(rig.ask('hello', { author: name }));
  const [system, question] = promptOf(request);
  const escaped =
    isTame(request.caller.name) &&
    !/^SYSTEM/m.test(String(system?.content)) &&
    /^[^\n:]+: hello$/.test(String(question?.content));
  return { 'name escaped in the prompt': escaped, 'name escaped': escaped };
}

async function channelName({ channelName: name = '' }: InputCase): Promise<Outcome> {
  const channel = rig.controls.addChannel({ name });
  const request = await requestOf(rig.ask('hello', { channel }));
  // The request keeps the name for prompts that ask for it with {channel}; the model is told only what it is asked.
  return { escaped: !JSON.stringify([request.text, promptOf(request)]).includes(name) };
}

async function attachmentName({ attachmentName: filename = '' }: InputCase): Promise<Outcome> {
  const attachments = [{ filename, bytes: 'hi', contentType: 'text/plain' }];
  const asked = rig.say({ channel: 'general', author: 'Ada', content: written('look'), attachments });
  const request = await requestOf(asked);
  const name = /^look\n\n\[Attached file: ([^[\]\n]+)\]\nhi\n\[End of \1\]$/.exec(request.text)?.[1];
  return { escaped: name !== undefined && isTame(name) };
}

async function twice(): Promise<Outcome> {
  rig.controls.injectEvent({ kind: 'duplicate', t: 'MESSAGE_CREATE' });
  const asked = rig.ask('once');
  // The client resumes and gets again what it had not confirmed.
  rig.controls.cut();
  await requestOf(asked);
  await crashed();
  const runs = (await rig.requests()).filter(({ discord }) => discord?.messages?.includes(asked.id));
  return { runs: runs.length };
}

async function direct(): Promise<Outcome> {
  const asked = rig.say({ channel: '@Olga', author: 'Olga', content: 'in private' });
  const request = await requestOf(asked);
  const { discordRoles, guild } = request.caller;
  return { 'DM policy': request.text === 'in private', 'no guild roles': discordRoles.length === 0 && !guild };
}

async function forum(): Promise<Outcome> {
  const channel = rig.controls.addChannel({ name: 'questions', type: 15 });
  const post = rig.controls.startThread({ channel, author: 'Ada', name: 'How?' });
  const request = await requestOf(rig.ask('how?', { channel: post }));
  return { run: request.text === 'how?' && request.conversation === `discord:${post}` };
}

async function otherServer(): Promise<Outcome> {
  const channel = rig.controls.addChannel({ name: 'there', guild: elsewhere });
  let asked = '';
  await dropped(() => (asked = rig.ask('hello', { author: 'Max', channel }).id));
  return { ignore: await noRun(asked) };
}

const text = { content: 'any' } as const;
const situations: Situation<InputCase>[] = [
  {
    fits: ({ webhookId, author, type }) => Boolean(webhookId ?? author ?? type),
    fields: {
      ...text,
      webhookId: 'any',
      author: { system: [true] },
      type: /^(?:pin|join|boost)(?:\/(?:pin|join|boost))*$/,
    },
    drive: notPeoples,
  },
  flag('edited', edited),
  flag('deletedBeforeRun', deleted),
  {
    fits: (entry) => entry.reference !== undefined,
    fields: { ...text, reference: { bot: [true], missing: [true] } },
    drive: reply,
  },
  { fits: (entry) => entry.nickname !== undefined, fields: { nickname: 'any' }, drive: nickname },
  { fits: (entry) => entry.channelName !== undefined, fields: { channelName: 'any' }, drive: channelName },
  { fits: (entry) => entry.attachmentName !== undefined, fields: { attachmentName: 'any' }, drive: attachmentName },
  flag('sameMessageTwice', twice),
  flag('dm', direct),
  flag('forum', forum),
  flag('guildNotAllowed', otherServer),
  { fits: (entry) => entry.content !== undefined, fields: text, drive: plain },
];

/** A situation that a single field describes. `member: null` on a direct message says only what is always true. */
function flag(field: string, drive: (entry: InputCase) => Promise<Outcome>): Situation<InputCase> {
  return { fits: (entry) => entry[field] === true, fields: { ...text, member: [null], [field]: [true] }, drive };
}

driveCases<InputCase>({
  name: 'what people send',
  // Includes cases that no other driver takes, so that they fail here instead of being skipped.
  holds: ({ direction, category = '', burst }) =>
    direction !== 'output' && !['approval', 'attachment', 'transport'].includes(category) && burst === undefined,
  situations,
});
