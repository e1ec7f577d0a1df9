import { UserError } from '#shared/ground/errors.ts';
import { questionMax } from '#shared/run/request.ts';
import type { Terminal } from '../terminal.ts';
import { withAttachments, type Attachment } from './attachment.ts';
import { readStdin } from './stdin-text.ts';

/**
 * The question of `dragoman run`: the words of the command line with what comes on stdin attached, or stdin alone. With
 * a `-` before or after the words it waits for stdin as long as that takes. Throws UserError when there is no question.
 */
export async function readQuestion(
  terminal: Terminal,
  words: string[],
  options: { stdin: boolean; attachments?: readonly Attachment[] },
): Promise<string> {
  const dash = words[0] === '-' ? 0 : words.at(-1) === '-' ? words.length - 1 : -1;
  const goal = (dash === -1 ? words : words.toSpliced(dash, 1)).join(' ');
  if (goal.trim() === '' && words.length > 0 && dash === -1) throw usage('The question is empty.');
  if (goal.trim() === '' && dash === -1 && terminal.input.isTTY) throw usage('There is no question.');
  if (goal.trim() === '' && !options.stdin) throw usage('There is no question.');
  const attached = options.stdin ? await readStdin(terminal, { optional: dash === -1 && goal !== '' }) : '';
  if (goal.trim() === '' && attached.trim() === '') throw usage('The question is empty: nothing came on stdin.');
  const asked = goal.trim() === '' ? attached : goal;
  const stdin = goal.trim() === '' || attached.trim() === '' ? [] : [{ name: 'stdin', text: attached }];
  const question = withAttachments(asked, [...stdin, ...(options.attachments ?? [])]);
  if (question.length > questionMax) {
    throw usage(
      `The question${question === asked ? '' : ' with what is attached'} has ${question.length.toLocaleString('en')} characters; at most ${questionMax.toLocaleString('en')} fit.`,
    );
  }
  return question;
}

function usage(message: string): UserError {
  return new UserError('usage', `${message} Say what you want: dragoman run "question" (--help tells more).`);
}
