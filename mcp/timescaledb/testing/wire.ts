/** Messages of PostgreSQL's wire protocol, version 3 (postgresql.org/docs/current/protocol-message-formats.html). */
const codes = { ssl: 80_877_103, gss: 80_877_104, cancel: 80_877_102 };

/** The first message of a connection: what it asks for, and its bytes; undefined while it is not whole. */
export function readOpening(data: Buffer): { kind: 'encryption' | 'cancel' | 'start'; rest: Buffer } | undefined {
  if (data.length < 8 || data.length < data.readInt32BE(0)) return undefined;
  const code = data.readInt32BE(4);
  const kind = code === codes.cancel ? 'cancel' : code === codes.ssl || code === codes.gss ? 'encryption' : 'start';
  return { kind, rest: data.subarray(data.readInt32BE(0)) };
}

/** Whole messages, and what is left of the last one. */
export function splitMessages(data: Buffer): { messages: { type: string; bytes: Buffer }[]; rest: Buffer } {
  const messages: { type: string; bytes: Buffer }[] = [];
  let from = 0;
  while (data.length - from >= 5) {
    const length = 1 + data.readInt32BE(from + 1);
    if (length < 5 || data.length - from < length) break;
    messages.push({ type: String.fromCharCode(data[from]!), bytes: data.subarray(from, from + length) });
    from += length;
  }
  return { messages, rest: data.subarray(from) };
}

export function message(type: string, ...parts: (string | number)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(`${part}\0`);
      const number = Buffer.alloc(4);
      number.writeInt32BE(part);
      return number;
    }),
  );
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export const askPassword = message('R', 3);

/** What tells a client that it is in: of the parameters those that clients look at. */
export const welcome = Buffer.concat([
  message('R', 0),
  ...Object.entries({
    server_version: '17.5',
    client_encoding: 'UTF8',
    DateStyle: 'ISO, MDY',
    integer_datetimes: 'on',
    standard_conforming_strings: 'on',
  }).map(([name, value]) => message('S', name, value)),
  message('K', 1, 1),
  ready(),
]);

function ready(): Buffer {
  return Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
}

export function query(sql: string): Buffer {
  return message('Q', sql);
}
