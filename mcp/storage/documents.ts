import { pipeline, Readable, Transform } from 'node:stream';
import { ToolError } from '#mcp/kit.ts';
import { createRoom, type Room, type Share } from '#mcp/room.ts';
import { roomFor } from '#shared/ground/memory.ts';
import { documentProblem, mendFields, NotS3 } from './listings.ts';

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
 * What is no answer of an S3 server ends as `NotS3`: the parser would take it for an empty list.
 */
export function capDocuments<Args, Result extends { response: unknown }>(): Step<Args, Result> {
  const room = createRoom(Math.max(roomFor(512 * 1024 ** 2) / 2, 2 * MAX_BYTES));
  return (next, context) => async (args) => {
    const result = await next(args);
    const response = result.response as Answer;
    const command = context.commandName ?? '';
    const status = response.statusCode ?? 500;
    if ((status < 300 || (status >= 400 && status < 500)) && isWebPage(response)) throw new NotS3('a web page', status);
    const isContent = command === 'GetObjectCommand' && status < 300;
    if (isContent || !(response.body instanceof Readable)) return result;
    // A gateway that has no server behind it answers with a page of its own, and the server may come back.
    response.body = capped(response.body, room, status < 500 ? command : undefined, status < 300);
    return result;
  };
}

interface Answer {
  body?: unknown;
  statusCode?: number;
  headers?: Record<string, string>;
}

/** A page without any header that S3 servers send: a console, a login, a website that answers everything. */
function isWebPage({ headers = {} }: Answer): boolean {
  const isS3 = Object.keys(headers).some((name) => name.startsWith('x-amz') || name === 'etag');
  return !isS3 && /^text\/html\b/i.test(headers['content-type'] ?? '');
}

/** `command` is absent where the document may be anything. An error may come without a document. */
function capped(body: Readable, room: Room, command: string | undefined, isFull: boolean): Readable {
  const share = room.share();
  const count = { bytes: 0, marks: 0 };
  let start = '';
  const cap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (start.length < START_BYTES) start += chunk.toString('latin1', 0, START_BYTES);
      done(problemOf(chunk, count, share), chunk);
    },
    // The parser waits for the end, so it is early enough.
    flush(done) {
      done(start.trim() === '' && !isFull ? null : strangerIn(start, command, isFull));
    },
  });
  body.once('error', (error) => cap.destroy(error));
  body.once('aborted', () => cap.destroy(new Error('aborted')));
  cap.once('close', () => {
    // What comes next is the parser, which lets nobody else run before it is done.
    share[Symbol.dispose]();
    body.destroy();
  });
  return pipeline(body.pipe(cap), mendFields(), () => undefined);
}

const START_BYTES = 1024;

function strangerIn(start: string, command: string | undefined, isAnswer: boolean): Error | null {
  const problem = command === undefined ? undefined : documentProblem(start, isAnswer ? command : '');
  return problem === undefined ? null : new NotS3(problem);
}

function problemOf(chunk: Buffer, count: { bytes: number; marks: number }, share: Share): Error | null {
  count.bytes += chunk.length;
  for (const mark of MARKS)
    for (let at = chunk.indexOf(mark); at >= 0; at = chunk.indexOf(mark, at + 1)) count.marks += 1;
  if (count.bytes > MAX_BYTES || count.marks > MAX_MARKS) return new DocumentTooLarge('the answer has no end');
  if (share.take(chunk.length)) return null;
  return new ToolError('Too many long answers of the object store are being read at once. Try again in a moment.');
}
