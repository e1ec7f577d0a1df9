import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '#shared/ground/errors.ts';
import { questionMax } from '#shared/run/request.ts';

/** A file that goes with a question. */
export interface Attachment {
  name: string;
  text: string;
}

/** Reads a file as text. Throws UserError that says why it cannot be attached. */
export function readAttachment(file: string): Attachment {
  const name = path.basename(file).replace(/[\]\n\r]/g, '_');
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw refused(file, 'there is no such file');
  if (!found.isFile()) throw refused(file, 'it is no file');
  if (found.size > 4 * questionMax)
    throw refused(file, `it has ${megabytes(found.size)}; at most ${questionMax} characters fit`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    if (text.includes('\0')) throw refused(file, 'it is no text');
    if (text.trim() === '') throw refused(file, 'it is empty');
    return { name, text: text.trimEnd() };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refused(file, error instanceof TypeError ? 'it is no text' : (error as Error).message);
  }
}

/** The question with its attachments, as the Discord bot hands them to a model. */
export function withAttachments(question: string, attachments: readonly Attachment[]): string {
  const parts = attachments.map(({ name, text }) => `[Attached file: ${name}]\n${text}\n[End of ${name}]`);
  return [question, ...parts].join('\n\n');
}

function refused(file: string, why: string): UserError {
  return new UserError('usage', `${file} cannot be attached: ${why}.`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
