import { Transform, type Readable } from 'node:stream';

/** Bytes of a long line in which its id is looked for. */
const edge = 400;
const INVALID_REQUEST = -32_600;

/**
 * A stream of the lines of `source`, without those longer than `maxBytes`: `answer` gets a JSON-RPC error in place of
 * each, so that who waits for it is told. The SDK's own transport would stop reading for good.
 */
export function withoutLongLines(source: Readable, maxBytes: number, answer: (line: string) => void): Readable {
  let parts: Buffer[] = [];
  let bytes = 0;
  let head = '';
  let tail = '';

  function take(part: Buffer): void {
    bytes += part.length;
    if (head.length < edge) head += part.subarray(0, edge).toString('latin1');
    tail = (tail + part.subarray(-edge).toString('latin1')).slice(-edge);
    if (bytes > maxBytes) parts = [];
    else parts.push(part);
  }

  function end(): Buffer | undefined {
    const line = bytes > maxBytes ? undefined : Buffer.concat(parts);
    if (line === undefined) answer(refusal(head, tail, maxBytes));
    [parts, bytes, head, tail] = [[], 0, '', ''];
    return line;
  }

  return source.pipe(
    new Transform({
      transform(chunk: Buffer, _, done) {
        let from = 0;
        for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
          take(chunk.subarray(from, to + 1));
          from = to + 1;
          const line = end();
          if (line) this.push(line);
        }
        if (from < chunk.length) take(chunk.subarray(from));
        done();
      },
    }),
  );
}

function refusal(head: string, tail: string, maxBytes: number): string {
  const id =
    /"id"\s*:\s*("[^"]{1,100}"|\d{1,15})/.exec(head)?.[1] ??
    /"id"\s*:\s*("[^"]{1,100}"|\d{1,15})\s*\}\s*$/.exec(tail)?.[1];
  const message = `The message is larger than ${maxBytes} bytes; nothing was done. Send less.`;
  return `{"jsonrpc":"2.0","id":${id ?? 'null'},"error":${JSON.stringify({ code: INVALID_REQUEST, message })}}\n`;
}
