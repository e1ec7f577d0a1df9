import { keys } from '#shared/redis/keys.ts';
import { unclaimed } from '#shared/run/fence.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { noUsage } from '#shared/run/request.ts';
import type { Answer } from '../interactions/answer.ts';
import { english } from '../language/say.ts';
import { askMessage } from '../request/ask-message.ts';
import { plainName } from '../request/names.ts';
import { isAsker, runOfPress, type Button, type ButtonContext, type Press } from './button.ts';

function notYours({ interaction }: Press): Answer {
  return { say: interaction.say('steer.not-yours') };
}

/** On a question that waits: hands it to the answer that is being made, of which it becomes a part. */
export const steer: Button = async (press, ingress) => {
  const record = await runOfPress(press, ingress);
  if (!record || record.status === 'ended') return 'quiet';
  if (!isAsker(press, record)) return notYours(press);
  const running = await runBefore(record, ingress);
  if (!running || record.epoch > 0) return { say: press.interaction.say('steer.answered-now') };
  const by = plainName(press.interaction.author.name);
  if ((await ingress.runs.steer(running.id, by, record.request.text)) !== 'heard') {
    return { say: press.interaction.say('steer.answered-next') };
  }
  // Ended only now: a crash in between says it twice, never not.
  await ingress.runs.end(record.request, unclaimed, {
    type: 'run.ended',
    outcome: 'stopped',
    reason: 'steered',
    text: english('steer.sent'),
    usage: noUsage,
    models: [],
    tools: [],
    iterations: 0,
    durationMs: 0,
  });
  return 'quiet';
};

/**
 * On a question that waits: stops the one before it. On a note that a message was sent to the running answer: stops that
 * one and asks the message instead.
 */
export const interrupt: Button = async (press, ingress) => {
  const [message] = press.rest;
  const record = message === undefined ? await runOfPress(press, ingress) : await ingress.runs.read(press.runId);
  if (!record) return 'quiet';
  if (!isAsker(press, record)) return notYours(press);
  const by = plainName(press.interaction.author.name);
  if (message !== undefined) {
    await ingress.runs.stop(record.id, by);
    return asked(press, ingress, message, 'steer.interrupted');
  }
  const running = await runBefore(record, ingress);
  if (!running) return { say: press.interaction.say('steer.ended') };
  await ingress.runs.stop(running.id, by);
  return 'quiet';
};

/** On a note that a message was sent to the running answer: asks it as a question of its own as well. */
export const queue: Button = async (press, ingress) => {
  const [message = ''] = press.rest;
  const record = await ingress.runs.read(press.runId);
  if (!record) return 'quiet';
  if (!isAsker(press, record)) return notYours(press);
  return asked(press, ingress, message, 'steer.separately');
};

async function asked(
  { interaction }: Press,
  ingress: ButtonContext,
  message: string,
  key: 'steer.interrupted' | 'steer.separately',
): Promise<Answer> {
  const done = await askMessage(ingress, interaction.channel, message);
  return { say: `-# ${interaction.say(done ? key : 'steer.gone')}`, update: true };
}

/** The run that is answered before this one in its conversation, if the same person asked it. */
async function runBefore({ id, request }: RunRecord, { redis, runs }: ButtonContext): Promise<RunRecord | undefined> {
  const head = await redis.lindex(keys.line(request.conversation), 0);
  if (head === null || head === id) return undefined;
  const record = await runs.read(head);
  return record?.request.caller.id === request.caller.id && record.status !== 'ended' ? record : undefined;
}
