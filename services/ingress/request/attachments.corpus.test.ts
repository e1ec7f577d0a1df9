import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { NotUnderstood, described, testCases } from '#test/lib/corpus-cases.ts';
import { speak } from '../language/say.ts';
import type { IncomingAttachment } from '../discord/shown.ts';
import { lines, pdfOf } from '#mcp/fetch/testing/pdf.ts';
import { zipOf } from '#test/lib/workbook.ts';
import { readAttachments, type ReadAttachments } from './attachments.ts';
import { createFileReaders, type FileReaders } from './readers.ts';

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
let readers: FileReaders;
let host: string;
let played: Described;

beforeAll(async () => {
  readers = createFileReaders({
    LITELLM_API_BASE: 'http://127.0.0.1:9/v1',
    LITELLM_API_KEY: '',
    TRANSCRIPTION_MODEL: '',
  });
  server = createServer((_, response) => serve(response, played));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await readers[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

/** A PDF with so many pages of a few lines each. */
function longPdf(pages: number): Buffer {
  const page = lines(...Array.from({ length: 10 }, (_, at) => `line ${at} of a page`));
  return pdfOf({ pages: Array.from({ length: pages }, () => page), packed: true });
}

function serve(response: ServerResponse, { redirect, expired, slow, real, type, name }: Described): void {
  if (redirect !== undefined) return void response.writeHead(302, { location: redirect }).end();
  if (expired) return void response.writeHead(404).end();
  if (slow !== undefined) return void response.writeHead(200).write('.');
  if (real?.includes('stream')) {
    const pour = (): void => void response.write(Buffer.alloc(65_536), () => !response.destroyed && setImmediate(pour));
    return pour();
  }
  if (real?.startsWith('UTF-16')) return void response.end(Buffer.from('\ufefftext', 'utf16le'));
  if (real?.endsWith('pages')) return void response.end(longPdf(Number.parseInt(real, 10)));
  if (real?.startsWith('zip bomb')) return void response.end(zipOf([['a', Buffer.alloc(8 * 1024 * 1024)]]));
  const text = type?.startsWith('text/') || (name ?? '').endsWith('.txt');
  response.end(text ? 'x'.repeat(200_000) : png);
}

async function read(attachment: Described): Promise<ReadAttachments> {
  played = attachment;
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
  const timeoutMs = attachment.slow === undefined ? 20_000 : 500;
  return readAttachments(all, { limits: { hosts, maxImages: 4, maxTextChars: 100_000, timeoutMs }, readers });
}

/** Whether the file was handled as the corpus says. */
function fits(verdict: string, { texts, images, leftOut }: ReadAttachments): boolean {
  const used = texts.length + images.length;
  if (/^(?:use|re-encode|name is never|name cut)/.test(verdict)) return used === 1;
  if (verdict.startsWith('truncate')) return used === 1 && leftOut.length === 1 && /\[cut after/.test(texts[0] ?? '');
  if (verdict === 'decode') return /\ntext\n/.test(texts[0] ?? '');
  if (verdict.startsWith('first N')) return used > 0 && leftOut.length > 0;
  if (verdict.includes('best effort')) return used + leftOut.length === 1;
  if (verdict === 'cap pages')
    return used === 1 && leftOut.some((what) => what(speak('en')).includes('pages were read'));
  if (/refuse|cut at the cap|timeout/.test(verdict)) return used === 0 && leftOut.length === 1;
  throw new NotUnderstood(`expect.verdict: ${verdict}`);
}

/** What a file may really be. For most kinds only name and type count: nothing decodes pictures. */
const kinds =
  /^(?:png|truncated jpeg|svg with script and XXE|jpeg \+ zip polyglot|UTF-16|\d+ MB stream|\d+ pages|zip bomb .*|text in pixels: .*)$/;

describe('attachments of the corpus', () => {
  const { cases } = loadCorpus<AttachmentCase>('discord.json');
  testCases<AttachmentCase>({
    name: 'discord, attachments',
    cases: cases.filter(({ category }) => category === 'attachment'),
    vocabulary: {
      ...described,
      direction: ['input'],
      attachment: {
        name: 'any',
        size: 'any',
        type: 'any',
        real: kinds,
        count: 'any',
        url: 'any',
        redirect: 'any',
        expired: [true],
        voice: [true],
        slow: ['1 byte per second'],
      },
      expect: { verdict: 'any', crash: [false] },
    },
    async run({ attachment, expect: { verdict } }) {
      const result = await read(attachment);
      const wrong = fits(verdict, result) ? [] : [`not so: ${verdict}: ${JSON.stringify(result).slice(0, 300)}`];
      // A name stands on one line, within its brackets, however long or clever it is.
      const unruly = result.texts.filter((text) => !/^\[Attached file: [^[\]\n]{1,60}\]\n/.test(text));
      return [...wrong, ...unruly.map((text) => `a name that is not tame: ${text.slice(0, 100)}`)];
    },
  });
});
