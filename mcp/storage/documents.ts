import { Readable, Transform } from 'node:stream';
import { ToolError } from '#mcp/kit.ts';
import { createRoom, type Room, type Share } from '#mcp/room.ts';
import { roomFor } from '#shared/ground/memory.ts';

/** Largest answer of the server that is not an object's content: a full page of the longest keys has 8 MB. */
const MAX_BYTES = 16 * 1024 ** 2;

/**
 * Most tags and entities of one, which cost their reader far more than their bytes: a full page of objects has about
 * 30,000 tags, a list of 10,000 buckets 100,000.
 */
const MAX_MARKS = 150_000;

const MARKS = [0x3c, 0x26];

/** The server sent more than any true answer has. */
export class DocumentTooLarge extends Error {
  override name = 'DocumentTooLarge';
}

type Step<Args, Result> = (next: (args: Args) => Promise<Result>, context: { commandName?: string }) => typeof next;

/**
 * Between the connection and the parser: documents are parsed whole, so everything but an object's content gets an end,
 * and all that come at once have to fit into the memory together. Whoever finds no room is told to try again.
 */
export function capDocuments<Args, Result extends { response: unknown }>(): Step<Args, Result> {
  const room = createRoom(Math.max(roomFor(512 * 1024 ** 2) / 2, 2 * MAX_BYTES));
  return (next, context) => async (args) => {
    const result = await next(args);
    const response = result.response as { body?: unknown; statusCode?: number };
    const isContent = context.commandName === 'GetObjectCommand' && (response.statusCode ?? 500) < 300;
    if (!isContent && response.body instanceof Readable) response.body = capped(response.body, room);
    return result;
  };
}

function capped(body: Readable, room: Room): Readable {
  const share = room.share();
  const count = { bytes: 0, marks: 0 };
  const cap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(problemOf(chunk, count, share), chunk);
    },
  });
  body.once('error', (error) => cap.destroy(error));
  body.once('aborted', () => cap.destroy(new Error('aborted')));
  cap.once('close', () => {
    // What comes next is the parser, which lets nobody else run before it is done.
    share[Symbol.dispose]();
    body.destroy();
  });
  return body.pipe(cap);
}

function problemOf(chunk: Buffer, count: { bytes: number; marks: number }, share: Share): Error | null {
  count.bytes += chunk.length;
  for (const mark of MARKS)
    for (let at = chunk.indexOf(mark); at >= 0; at = chunk.indexOf(mark, at + 1)) count.marks += 1;
  if (count.bytes > MAX_BYTES || count.marks > MAX_MARKS) return new DocumentTooLarge('the answer has no end');
  if (share.take(chunk.length)) return null;
  return new ToolError('Too many long answers of the object store are being read at once. Try again in a moment.');
}
