import { fstatSync } from 'node:fs';
import { UserError } from '#shared/ground/errors.ts';
import { questionMax } from '#shared/run/request.ts';
import type { Terminal } from '../terminal.ts';

export interface StdinOptions {
  /** The question is on the command line, so that stdin is read only if something comes. */
  optional: boolean;
  /** Milliseconds in which an optional stdin must begin: a script's stdin is often an open pipe that stays silent. */
  beginMs?: number;
  /** Milliseconds of silence after which an optional stdin that has begun is given up. */
  silentMs?: number;
}

/**
 * Everything that comes on stdin, decoded, without the newlines at its end; '' when nothing comes. Says on stderr what
 * it waits for. Throws UserError when the text is too long, is not text, or falls silent before it ends.
 */
export async function readStdin({ input, err }: Terminal, options: StdinOptions): Promise<string> {
  const { optional, beginMs = 3_000, silentMs = 60_000 } = options;
  const kind = stdinKind(input);
  if (optional && (kind === 'terminal' || kind === 'device')) return '';
  if (kind === 'terminal') err.write('Write your question; Ctrl-D on an empty line sends it.\n');
  const chunks: Buffer[] = [];
  let bytes = 0;
  const late = Promise.withResolvers<'late'>();
  let timer: NodeJS.Timeout | undefined;
  const wait = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => late.resolve('late'), ms);
  };
  const hint = setTimeout(() => err.write('Reading stdin until it ends …\n'), Math.min(beginMs, 2_000));
  if (kind !== 'pipe' || optional) clearTimeout(hint);
  if (optional && kind === 'pipe') wait(beginMs);
  const reader = input[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([reader.next(), late.promise]);
      if (next === 'late') break;
      clearTimeout(hint);
      if (next.done) return text(Buffer.concat(chunks));
      const chunk = Buffer.from(next.value as Buffer | string);
      chunks.push(chunk);
      bytes += chunk.length;
      // No character has more than four bytes.
      if (bytes > 4 * questionMax) throw tooLong();
      if (optional && kind === 'pipe') wait(silentMs);
    }
  } finally {
    clearTimeout(timer);
    clearTimeout(hint);
    // An input that nobody reads any more must not keep the process alive.
    input.destroy();
  }
  if (bytes > 0) {
    throw usage(
      `stdin sent ${bytes} bytes, then nothing for ${silentMs / 1_000} s, and has not ended. ` +
        'To wait for its end: … | dragoman run - "question". To leave it alone: </dev/null.',
    );
  }
  err.write(
    `Nothing came on stdin within ${beginMs / 1_000} s; asking without it. ` +
      'To wait for it: … | dragoman run - "question". To leave it alone: </dev/null or --no-stdin.\n',
  );
  return '';
}

/** The kind that the system reports for the process' own stdin; a test's stream counts as a pipe. */
function stdinKind(input: Terminal['input']): 'terminal' | 'device' | 'file' | 'pipe' {
  if (input.isTTY) return 'terminal';
  if (input !== process.stdin) return 'pipe';
  try {
    const stat = fstatSync(0);
    if (stat.isCharacterDevice()) return 'device';
    return stat.isFile() ? 'file' : 'pipe';
  } catch {
    return 'device';
  }
}

function text(bytes: Buffer): string {
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw usage('stdin is not UTF-8 text.');
  }
  if (decoded.includes('\0')) throw usage('stdin is not text: it has NUL characters.');
  if (decoded.length > questionMax) throw tooLong();
  return decoded.replace(/[\r\n]+$/, '');
}

function tooLong(): UserError {
  return usage(
    `stdin is longer than the ${questionMax.toLocaleString('en')} characters that a question may have. ` +
      'Send a part of it, or put it into a file that a tool can read.',
  );
}

function usage(message: string): UserError {
  return new UserError('usage', message);
}
