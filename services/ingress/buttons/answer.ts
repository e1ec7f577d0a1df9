import { answerMax } from '#shared/run/answer-question.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { Say } from '../language/say.ts';
import { plainName } from '../request/names.ts';
import { isAsker, runOfPress, type Button, type Press } from './button.ts';

/** Answers a question of the model: by a button, a menu, or words in a form. For the person who was asked. */
export const answer: Button = async (press, ingress) => {
  const [question = '', how = ''] = press.rest;
  const isForm = press.interaction.kind === 'form';
  const record = isForm
    ? await ingress.runs.read(press.runId)
    : await runOfPress(press, ingress, `question:${question}`);
  const asked = record && (await ingress.runs.asked(record.id, question));
  const { say } = press.interaction;
  if (!asked) return { say: say('ask.closed') };
  if (!isAsker(press, record)) return { say: say('ask.not-yours', { person: `<@${record.request.caller.id}>` }) };
  if (record.status === 'ended') return 'quiet';
  if (how === 'write') return { form: formFor(say, press.runId, asked) };
  const text = textOf(press, asked, how).trim();
  if (text === '') return { say: say('ask.blank') };
  const by = plainName(press.interaction.author.name);
  const result = await ingress.runs.answer(record.id, question, { by, text });
  return result === 'decided' ? 'quiet' : { say: say('ask.too-late') };
};

function textOf({ interaction }: Press, { choices = [] }: EntryOf<'question.asked'>, how: string): string {
  if (how === 'text') return interaction.values.get('text') ?? '';
  return choices[Number(how === 'pick' ? interaction.chosen[0] : how)] ?? '';
}

function formFor(say: Say, runId: string, { question }: EntryOf<'question.asked'>) {
  return {
    id: `answer:${runId}:${question}:text`,
    title: say('ask.your-answer'),
    field: { id: 'text', label: say('ask.your-answer'), required: true, maxLength: answerMax },
  };
}
