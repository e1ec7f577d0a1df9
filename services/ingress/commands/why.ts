import { foldJournal } from '#shared/run/fold/fold.ts';
import { inlineCode, oneLine } from '../delivery/escape.ts';
import type { IncomingInteraction } from '../interactions/interaction.ts';
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
    if (!message) return { say: 'I cannot find that message in this channel. Give me its link or its id.' };
    return { say: await explain(message, ingress) };
  },
};

/** Does the same from a message's context menu. */
export const whyThis: Command = {
  definition: { name: 'Why no answer?', type: 3, description: '' },
  async use(interaction, ingress) {
    const { message } = interaction;
    if (!message || !('shown' in message)) return { say: 'I cannot see this message.' };
    // The menu's copy lacks what the gates look at: the author's roles, and the message that was replied to.
    const [whole] = await ingress.reads.fetchMessages(message.channel, [message.id]);
    return { say: await explain(whole ?? message, ingress) };
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

async function explain(message: IncomingMessage, ingress: CommandContext): Promise<string> {
  const runId = await ingress.index.runOf(message.id);
  if (runId !== undefined) return `${await explainRun(runId, ingress)}${message.edited ? editedSince : ''}`;
  const dropped = ingress.listener.dropped(message.id);
  if (dropped) return `I did not answer it (gate ${inlineCode(dropped.gate, 40)}): ${dropped.why}`;
  const verdict = judge(message, ingress.bot(), ingress.config);
  if (!verdict.pass) {
    const now = message.edited ? ' As it stands now; it was edited, and I only know how it stands.' : '';
    return `I did not answer it (gate ${inlineCode(verdict.gate, 40)}): ${verdict.why}${now}${intentHint(ingress)}`;
  }
  const missing = ingress.missingToWrite(message.channel);
  if (missing !== undefined) return `I did not answer it (gate ${inlineCode('cannot-write', 40)}): ${missing}`;
  if (message.edited) return editedIntoOne;
  return 'It would pass all my gates now. It probably came while I was away for longer than I catch up with: please send it again.';
}

/** What was asked may not be what now stands. */
const editedSince =
  '\nThe message was edited since it was sent. An edit within the first moments counts; for a later one, **Retry** asks what stands there now.';

const editedIntoOne =
  'I did not answer it when it came. As it stands now it would pass all my gates, but it was edited, and an edit does not make me answer: please send it again.';

function intentHint(ingress: CommandContext): string {
  if (ingress.application.messageContent) return '';
  return '\nI lack the message content intent, so I only read messages that mention me: it is switched on in the developer portal, page Bot.';
}

async function explainRun(runId: string, ingress: CommandContext): Promise<string> {
  const record = await ingress.runs.read(runId);
  const run = `run ${inlineCode(runId, 100)}`;
  if (!record) return `It became ${run}, which is not kept any more.`;
  const link = await answerLink(record, ingress.deliveries);
  const where = link === undefined ? '' : `: ${link}`;
  if (record.status === 'queued') return `It became ${run} and waits for its turn.`;
  if (record.status === 'running') return `It became ${run}, which is being worked on now${where}.`;
  if (record.status === 'waiting') return `It became ${run}, which waits for somebody’s decision${where}.`;
  if (record.outcome === 'answered') return `It became ${run} and was answered${where}.`;
  const { ended } = foldJournal(await ingress.runs.journal(runId));
  const text = oneLine(ended?.text ?? '', 300);
  return `It became ${run}, which ${record.outcome === 'stopped' ? 'was stopped' : 'failed'}${where}: ${text}`;
}
