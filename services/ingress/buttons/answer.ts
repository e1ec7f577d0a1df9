import { answerMax } from '#shared/run/answer-question.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
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
  if (!asked) return { say: 'This question is not open any more.' };
  if (!isAsker(press, record)) return { say: `Only <@${record.request.caller.id}> is asked here.` };
  if (record.status === 'ended') return 'quiet';
  if (how === 'write') return { form: formFor(press.runId, asked) };
  const text = textOf(press, asked, how).trim();
  if (text === '') return { say: 'There is nothing in this answer.' };
  const by = plainName(press.interaction.author.name);
  const result = await ingress.runs.answer(record.id, question, { by, text });
  return result === 'decided' ? 'quiet' : { say: 'It was answered before, or its time is over.' };
};

function textOf({ interaction }: Press, { choices = [] }: EntryOf<'question.asked'>, how: string): string {
  if (how === 'text') return interaction.values.get('text') ?? '';
  return choices[Number(how === 'pick' ? interaction.chosen[0] : how)] ?? '';
}

function formFor(runId: string, { question }: EntryOf<'question.asked'>) {
  return {
    id: `answer:${runId}:${question}:text`,
    title: 'Your answer',
    field: { id: 'text', label: 'Your answer', required: true, maxLength: answerMax },
  };
}
