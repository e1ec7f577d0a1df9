import { foldJournal } from '#shared/run/fold/fold.ts';
import { inlineCode, oneLine } from '../delivery/escape.ts';
import type { IncomingInteraction } from '../interactions/interaction.ts';
import { saidIn } from '../language/elsewhere.ts';
import type { Say } from '../language/say.ts';
import type { IncomingMessage } from '../discord/incoming.ts';
import { judge } from '../triggers/gates.ts';
import type { Command, CommandContext } from './command.ts';
import { answerLink } from './links.ts';

/** Tells what became of a message: the gate that kept it out, or its run. */
export const why: Command = {
  definition: {
    name: 'why',
    type: 1,
    description: 'Why did Dragoman not answer a message?',
    options: [{ type: 3, name: 'message', description: 'Link or id of the message; your last one when left out' }],
  },
  async use(interaction, ingress) {
    const message = await messageMeant(interaction, ingress);
    if (!message) return { say: interaction.say('why.not-found') };
    return { say: await explain(interaction.say, message, ingress) };
  },
};

/** Does the same from a message's context menu. */
export const whyThis: Command = {
  definition: { name: 'Why no answer?', type: 3, description: '' },
  async use(interaction, ingress) {
    const { message } = interaction;
    if (!message || !('shown' in message)) return { say: interaction.say('message.unseen') };
    // The menu's copy lacks what the gates look at: the author's roles, and the message that was replied to.
    const [whole] = await ingress.reads.fetchMessages(message.channel, [message.id]);
    return { say: await explain(interaction.say, whole ?? message, ingress) };
  },
};

async function messageMeant(
  interaction: IncomingInteraction,
  ingress: CommandContext,
): Promise<IncomingMessage | undefined> {
  const given = interaction.values.get('message');
  if (given === undefined) return ingress.reads.latestMessage(interaction.channel, interaction.author.id);
  const [id] = /\d{15,20}$/.exec(given.trim()) ?? [];
  if (id === undefined) return undefined;
  // Only messages of this channel count: the person can see it, but perhaps not others.
  const [message] = await ingress.reads.fetchMessages(interaction.channel, [id]);
  return message;
}

async function explain(say: Say, message: IncomingMessage, ingress: CommandContext): Promise<string> {
  const dropped = (gate: string, why: string) => say('why.dropped', { gate: inlineCode(gate, 40), why });
  const runId = await ingress.index.runOf(message.id);
  if (runId !== undefined) {
    const run = await explainRun(say, runId, ingress);
    return message.edited ? `${run}\n${say('why.edited-since')}` : run;
  }
  const drop = ingress.listener.dropped(message.id);
  if (drop) return dropped(drop.gate, drop.words(say));
  const verdict = judge(message, ingress.bot(), ingress.config);
  if (!verdict.pass) {
    const now = message.edited ? [say('why.as-it-stands')] : [];
    return [[dropped(verdict.gate, say(verdict.key)), ...now].join(' '), ...intentHint(say, ingress)].join('\n');
  }
  const missing = ingress.missingToWrite(message.channel);
  if (missing !== undefined) return dropped('cannot-write', missing(say));
  return say(message.edited ? 'why.edited-into-one' : 'why.would-pass');
}

function intentHint(say: Say, ingress: CommandContext): string[] {
  return ingress.application.messageContent ? [] : [say('why.no-intent')];
}

async function explainRun(say: Say, runId: string, ingress: CommandContext): Promise<string> {
  const record = await ingress.runs.read(runId);
  const run = inlineCode(runId, 100);
  if (!record) return say('why.forgotten', { run });
  const link = await answerLink(record, ingress.deliveries);
  const where = link === undefined ? '' : `: ${link}`;
  if (record.status === 'queued') return say('why.queued', { run });
  if (record.status !== 'ended') return say(`why.${record.status}`, { run, where });
  if (record.outcome === 'answered' || record.outcome === undefined) return say('why.answered', { run, where });
  const { ended } = foldJournal(await ingress.runs.journal(runId));
  const text = oneLine(saidIn(say, ended?.text ?? ''), 300);
  return say(`why.${record.outcome}`, { run, where, text });
}
