import type { QuestionState } from '#shared/run/fold/run-state.ts';
import { flags, type MessageBody } from '../discord/api.ts';
import type { Say } from '../language/say.ts';
import { createStreamedText } from '../text/stream.ts';
import type { SafetyRules } from '../text/safety.ts';
import { buttonRow, buttonStyle } from './buttons.ts';
import { oneLine } from './escape.ts';
import { timestamp } from './working.ts';

/** Choices that are buttons, each with at most so many characters; more, or longer ones, are a menu. */
const mostButtons = 4;
const longestLabel = 60;
/** Characters of the question that a card shows. */
const shownText = 1_500;

/** A question of the model to the person who asked: choices as buttons or a menu, and a field for other words. */
export function questionCard(
  say: Say,
  runId: string,
  asker: string,
  { asked, answered }: QuestionState,
  runEnded: boolean,
  rules: Omit<SafetyRules, 'done'>,
): MessageBody {
  const streamed = createStreamedText({ limit: shownText, rules, files: false, say });
  const [text = ''] = streamed.update(asked.text, true);
  const open = !answered && !runEnded;
  const lines = [
    `❓ ${text}`,
    `-# ${open ? say('ask.waits', { person: `<@${asker}>`, when: timestamp(asked.expiresAt) }) : outcome(say, answered)}`,
  ];
  return {
    content: lines.join('\n'),
    flags: flags.suppressEmbeds,
    components: open ? controls(say, runId, asked) : [],
  };
}

function outcome(say: Say, answered: QuestionState['answered']): string {
  if (!answered) return say('ask.run-ended');
  if (answered.text === undefined) return say('ask.expired');
  return `✅ ${oneLine(answered.by, 80)}: ${oneLine(answered.text, 300)}`;
}

function controls(say: Say, runId: string, { question, choices = [] }: QuestionState['asked']): object[] {
  const id = (how: string) => `answer:${runId}:${question}:${how}`;
  const write = {
    id: id('write'),
    label: say(choices.length > 0 ? 'ask.else' : 'ask.answer'),
    style: buttonStyle.secondary,
  };
  if (choices.length > mostButtons || choices.some(({ length }) => length > longestLabel)) {
    const options = choices.map((label, index) => ({ label: label.slice(0, 100), value: String(index) }));
    const menu = { type: 3, custom_id: id('pick'), placeholder: say('ask.choose'), options };
    return [{ type: 1, components: [menu] }, buttonRow([write])];
  }
  const buttons = choices.map((label, index) => ({ id: id(String(index)), label, style: buttonStyle.primary }));
  return [buttonRow([...buttons, write])];
}
