import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import type { IncomingAttachment } from '../messages/incoming.ts';
import { readAttachments, type ReadAttachments } from './attachments.ts';

interface Described {
  name?: string;
  size?: number;
  type?: string;
  /** What its bytes really are, in words. */
  real?: string;
  count?: number;
  url?: string;
  redirect?: string;
  expired?: boolean;
  voice?: boolean;
  slow?: string;
}

interface AttachmentCase extends CorpusCase {
  attachment: Described;
  expect: { verdict: string };
}

let server: Server;
let host: string;
let described: Described;

beforeAll(async () => {
  server = createServer((_, response) => serve(response, described));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

function serve(response: ServerResponse, { redirect, expired, slow, real, type, name }: Described): void {
  if (redirect !== undefined) return void response.writeHead(302, { location: redirect }).end();
  if (expired) return void response.writeHead(404).end();
  if (slow !== undefined) return void response.writeHead(200).write('.');
  if (real?.includes('stream')) {
    const pour = (): void => void response.write(Buffer.alloc(65_536), () => !response.destroyed && setImmediate(pour));
    return pour();
  }
  if (real?.startsWith('UTF-16')) return void response.end(Buffer.from('\ufefftext', 'utf16le'));
  const text = type?.startsWith('text/') || (name ?? '').endsWith('.txt');
  response.end(text ? 'x'.repeat(200_000) : png);
}

async function read(attachment: Described): Promise<ReadAttachments> {
  described = attachment;
  const one: IncomingAttachment = {
    id: '1',
    name: attachment.name ?? 'a.png',
    size: attachment.size ?? 1_000,
    contentType: attachment.type ?? '',
    url: attachment.url ?? `http://${host}/a`,
    proxyUrl: attachment.url ?? `http://${host}/a`,
    voice: attachment.voice ?? false,
  };
  const all = Array.from({ length: attachment.count ?? 1 }, () => one);
  const hosts = [host, 'cdn.discordapp.com'];
  return readAttachments(all, { hosts, maxImages: 4, maxTextChars: 100_000, timeoutMs: 500 });
}

/** What became of the file, in the corpus' words. */
function fits(verdict: string, { texts, images, leftOut }: ReadAttachments): boolean {
  const used = texts.length + images.length;
  if (/^(?:use|re-encode|name is never|name cut)/.test(verdict)) return used === 1;
  if (verdict.startsWith('truncate')) return used === 1 && leftOut.length === 1 && /\[cut after/.test(texts[0] ?? '');
  if (verdict === 'decode') return /\ntext\n/.test(texts[0] ?? '');
  if (verdict.startsWith('first N')) return used > 0 && leftOut.length > 0;
  if (verdict.includes('best effort')) return used + leftOut.length === 1;
  if (/refuse|cut at the cap|timeout|cap pages/.test(verdict)) return used === 0 && leftOut.length === 1;
  throw new Error(`unknown verdict ${verdict}`);
}

describe('attachments of the corpus', () => {
  const { cases } = loadCorpus<AttachmentCase>('discord.json');
  const own = cases.filter(({ category }) => category === 'attachment');
  test.each(own.map((each) => [each.id, each] as const))('%s', async (_, { attachment, expect: { verdict } }) => {
    const result = await read(attachment);
    expect(fits(verdict, result), `${verdict}: ${JSON.stringify(result).slice(0, 300)}`).toBe(true);
    // A name stands on one line, within its brackets, however long or clever it is.
    for (const text of result.texts) expect(text).toMatch(/^\[Attached file: [^[\]\n]{1,60}\]\n/);
  });
});
