import { afterAll, beforeAll } from 'vitest';
import { expireQuestions } from '#test/lib/claims.ts';
import { keys } from '#shared/redis/keys.ts';
import { discordRunId } from '#shared/run/request.ts';
import { readEntry } from '#shared/run/journal.ts';
import { readRun } from '#shared/run/record.ts';
import { startServiceProcess, type ServiceProcess } from '#test/lib/service-process.ts';
import { startRig, until, type Rig } from '../rig.ts';
import { cardsOf, decisions, postButton, press } from './cards.ts';
import { driveCases, type DiscordCase, type Outcome, type Situation } from './drive.ts';

interface ApprovalCase extends DiscordCase {
  args?: Record<string, string>;
  /** The person who presses, in words. */
  clicker?: string;
  clicks?: number;
  clickAfter?: string;
  forgedCustomId?: string;
  modelSays?: string;
  parallelToolCalls?: number;
  sensitive?: number;
  reaction?: string;
}

let rig: Rig;
let worker: ServiceProcess;
const policy = `${import.meta.dirname}/../policy.yaml`;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false }, environment: { POLICY_FILE: policy } });
  const env = { REDIS_URL: rig.server.url, POLICY_FILE: policy, LOG_LEVEL: 'fatal' };
  worker = await startServiceProcess('test/discord/corpus/approving-worker.ts', env);
});

afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

const write = (args: object = { path: 'a.md' }) => ({ name: 'write_file', arguments: args });
const read = (at: number) => ({ name: 'read_file', arguments: { at } });

interface Asked {
  runId: string;
  /** Calls of the tool that needs a yes, and of the other tool, before this question. */
  before: string[];
}

let plans = 0;

/** Asks a question for which the model does as planned. */
async function ask(plan: object, channel = 'general'): Promise<Asked> {
  plans += 1;
  await rig.redis.set(`plan:${plans}`, JSON.stringify(plan));
  const before = await executed();
  const { id } = rig.ask(`plan ${plans}`, { author: 'Olga', channel });
  return { runId: discordRunId(id), before };
}

function executed(): Promise<string[]> {
  return rig.redis.lrange('executions', 0, -1);
}

/** How often a tool has run since the question was asked. */
async function executions({ before }: Asked, tool = 'write_file'): Promise<number> {
  return (await executed()).slice(before.length).filter((each) => each === tool).length;
}

async function ended({ runId }: Asked): Promise<void> {
  await until('the run has ended', async () => (await readRun(rig.redis, runId))?.status === 'ended');
}

/**
 * Checks that nothing was decided and nothing has run. Then denies the question, after which nothing may run either.
 */
async function refused(asked: Asked, card: string): Promise<Outcome> {
  const open = (await decisions(rig, asked.runId)).length === 0 && (await executions(asked)) === 0;
  await press(rig, card, 'deny');
  await ended(asked);
  return { refuse: open && (await decisions(rig, asked.runId)).join() === 'deny', executions: await executions(asked) };
}

async function card(): Promise<{ asked: Asked; message: string }> {
  const asked = await ask({ toolCalls: [write()] });
  const [message = ''] = await cardsOf(rig, asked.runId);
  return { asked, message };
}

/** The arguments as the card shows them, and as the file does when they do not fit into the card. */
async function shownArguments({ args = {} }: ApprovalCase): Promise<Outcome> {
  const asked = await ask({ toolCalls: [write(args)] });
  const [message = ''] = await cardsOf(rig, asked.runId);
  const { content, attachments, pings, mentionEveryone } = rig.controls.message(message);
  const [file] = attachments;
  const whole = file
    ? await fetch(file.url).then((response) => response.text())
    : /```json\n(.*)\n```/s.exec(content)?.[1];
  const tail = Object.values(args).at(-1)?.trimEnd().slice(-10) ?? '';
  await refused(asked, message);
  return {
    fullArgsAvailable: whole !== undefined && JSON.stringify(JSON.parse(whole)) === JSON.stringify(args),
    hiddenTail: content.includes(tail) ? 0 : 1,
    fencesBroken: (content.match(/```/g)?.length ?? 0) - 2,
    pings: pings.length + (mentionEveryone ? 1 : 0),
  };
}

async function roleTakenAway(): Promise<Outcome> {
  const { asked, message } = await card();
  rig.controls.setRoles('Olga', ['member']);
  await press(rig, message, 'allow');
  rig.controls.setRoles('Olga', ['operator', 'member']);
  return refused(asked, message);
}

async function clicked(entry: ApprovalCase): Promise<Outcome> {
  const { asked, message } = await card();
  if (entry['botRestartBetweenPostAndClick'] === true) {
    await rig.stop();
    await rig.start();
  }
  if (entry['replayOfInteraction'] === true) rig.controls.injectEvent({ kind: 'duplicate', t: 'INTERACTION_CREATE' });
  await Promise.all(Array.from({ length: entry.clicks ?? 1 }, () => press(rig, message, 'allow')));
  await ended(asked);
  return { executions: (await decisions(rig, asked.runId)).join() === 'allow' ? await executions(asked) : 'undecided' };
}

/**
 * Lets the card's time be over for a person who looks at it, before any worker has noticed: the question itself says
 * so.
 */
async function passTime({ runId }: Asked): Promise<void> {
  const name =
    Object.keys(await rig.redis.hgetall(keys.once(runId))).find((each) => each.startsWith('approval:')) ?? '';
  const id = (await rig.redis.hget(keys.once(runId), name)) ?? '';
  const entry = await readEntry(rig.redis, runId, id);
  const over = JSON.stringify({ ...entry, expiresAt: Date.now() - 60_000 });
  await rig.redis.hset(keys.once(runId), name, (await rig.redis.xadd(keys.journal(runId), '*', 'e', over)) ?? '');
}

async function late(): Promise<Outcome> {
  const { asked, message } = await card();
  await passTime(asked);
  const answer = await press(rig, message, 'allow');
  const said = answer.message?.content.includes('time for this decision is over') === true;
  const open = (await decisions(rig, asked.runId)).length === 0;
  const denied = await expired(asked);
  return { refuse: said && open && denied, executions: await executions(asked) };
}

/** Lets the time pass. Returns whether the run then ends as after a no. */
async function expired(asked: Asked): Promise<boolean> {
  await expireQuestions(rig);
  await ended(asked);
  return (await decisions(rig, asked.runId)).join() === 'expired' && (await executions(asked)) === 0;
}

async function deletedCard(): Promise<Outcome> {
  const { asked, message } = await card();
  rig.controls.deleteMessage(message);
  return { 'expires to deny': await expired(asked) };
}

/**
 * Presses buttons that do not belong to this run: on another message of the bot, with a made-up id, and with another
 * run's id.
 */
async function forged({ forgedCustomId = '' }: ApprovalCase): Promise<Outcome> {
  const { asked, message } = await card();
  const own = /"(decide:[^"]*:allow)"/.exec(JSON.stringify(rig.controls.message(message).components))?.[1] ?? '';
  for (const id of [forgedCustomId, forgedCustomId.replace('approve', 'decide'), own]) {
    const copy = await postButton(rig, id);
    await rig.controls.click({ message: copy, author: 'Olga', customId: id }).outcome();
  }
  return refused(asked, message);
}

/** Nobody's roles can be seen in direct messages, so nothing is asked and nothing runs. */
async function inDirectMessages(): Promise<Outcome> {
  const asked = await ask({ toolCalls: [write()] }, '@Olga');
  await ended(asked);
  const cards = rig.controls
    .messages('@Olga')
    .filter(({ components }) => JSON.stringify(components).includes('decide:'));
  return { refuse: cards.length === 0 && (await executions(asked)) === 0 };
}

async function claimed({ modelSays = '' }: ApprovalCase): Promise<Outcome> {
  const asked = await ask({ text: modelSays, toolCalls: [write()] });
  const [message = ''] = await cardsOf(rig, asked.runId);
  return refused(asked, message);
}

/**
 * Calls that change something are made in the order in which the model asked for them, each after its own yes. Calls
 * before them that only read wait for nobody.
 */
async function parallel({ parallelToolCalls = 0, sensitive = 0 }: ApprovalCase): Promise<Outcome> {
  const others = parallelToolCalls - sensitive;
  const calls = Array.from({ length: parallelToolCalls }, (_, at) => (at < others ? read(at) : write({ at })));
  const asked = await ask({ toolCalls: calls });
  const seen: string[] = [];
  let othersRun = true;
  for (let done = 0; done < sensitive; done += 1) {
    const message = await freshCard(asked, seen);
    seen.push(message);
    othersRun &&= (await executions(asked, 'read_file')) === others && (await executions(asked)) === done;
    await press(rig, message, 'allow');
  }
  await ended(asked);
  othersRun &&= (await executions(asked)) === sensitive;
  return { cards: (await decisions(rig, asked.runId)).length, othersRun };
}

async function freshCard(asked: Asked, seen: string[]): Promise<string> {
  return until(
    'another card is there',
    async () => (await cardsOf(rig, asked.runId)).find((id) => !seen.includes(id)) ?? false,
  );
}

async function reacted({ reaction = '' }: ApprovalCase): Promise<Outcome> {
  const { asked, message } = await card();
  const [emoji = ''] = reaction.split(' ');
  for (const person of ['Ada', 'Olga', 'Guest']) rig.controls.react(message, person, emoji);
  // When a later interaction has been answered, the reactions have been dealt with.
  await rig.controls.command({ channel: 'general', author: 'Ada', name: 'help' }).outcome();
  return refused(asked, message);
}

const situations: Situation<ApprovalCase>[] = [
  { fits: ({ args }) => args !== undefined, fields: { args: 'any' }, drive: shownArguments },
  {
    fits: ({ clicker }) => clicker !== undefined,
    fields: { clicker: ['approver whose role was taken away 1 s before'] },
    drive: roleTakenAway,
  },
  { fits: ({ clickAfter }) => clickAfter !== undefined, fields: { clickAfter: ['expiry 15 min'] }, drive: late },
  {
    fits: ({ forgedCustomId }) => forgedCustomId !== undefined,
    fields: { forgedCustomId: /^approve:/ },
    drive: forged,
  },
  { fits: (entry) => entry['cardDeleted'] === true, fields: { cardDeleted: [true] }, drive: deletedCard },
  { fits: (entry) => entry['cardInDm'] === true, fields: { cardInDm: [true] }, drive: inDirectMessages },
  { fits: ({ modelSays }) => modelSays !== undefined, fields: { modelSays: 'any' }, drive: claimed },
  {
    fits: ({ parallelToolCalls }) => parallelToolCalls !== undefined,
    fields: { parallelToolCalls: 'any', sensitive: 'any' },
    drive: parallel,
  },
  { fits: ({ reaction }) => reaction !== undefined, fields: { reaction: / by anyone$/ }, drive: reacted },
  {
    fits: (entry) => Boolean(entry.clicks ?? entry['replayOfInteraction'] ?? entry['botRestartBetweenPostAndClick']),
    fields: { clicks: 'any', same: [true], replayOfInteraction: [true], botRestartBetweenPostAndClick: [true] },
    drive: clicked,
  },
];

driveCases<ApprovalCase>({ name: 'approvals', holds: ({ category }) => category === 'approval', situations });
