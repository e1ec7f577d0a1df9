import { createThread } from '#mcp/thread.ts';
import { isObject } from '#shared/ground/objects.ts';
import type { PdfText } from '#mcp/fetch/pdf.ts';
import { UnreadError } from './files.ts';
import type { TableJob, TablesRead } from './tables/read.worker.ts';
import type { PdfJob } from './pdf.worker.ts';

/**
 * Reads files of strangers: each kind on a thread of its own, which a file that is built to be slow or huge costs, and
 * nothing else. All throw UnreadError with the end of a sentence.
 */
export interface FileReaders extends AsyncDisposable {
  tables(job: TableJob): Promise<TablesRead>;
  pdf(bytes: Uint8Array, chars: number): Promise<PdfText>;
  /** What is said in a recording. */
  transcribe(bytes: Buffer, name: string, contentType: string): Promise<string>;
}

/** The gateway that transcribes; without a model nothing does. */
export interface Transcription {
  LITELLM_API_BASE: string;
  LITELLM_API_KEY: string;
  TRANSCRIPTION_MODEL: string;
}

const heapBytes = 256 * 1024 * 1024;
/** Milliseconds of one file. */
const tableMs = 20_000;
const pdfMs = 10_000;
const transcriptionMs = 60_000;

export function createFileReaders(gateway: Transcription): FileReaders {
  const tables = createThread<TableJob, TablesRead>(new URL('./tables/read.worker.ts', import.meta.url), {
    ms: tableMs,
    heapBytes,
  });
  const pdfs = createThread<PdfJob, PdfText>(new URL('./pdf.worker.ts', import.meta.url), {
    ms: pdfMs + 5_000,
    heapBytes,
  });
  return {
    async tables(job) {
      const read = await tables.run(job);
      if (!read) throw new UnreadError((say) => say('files.damaged'));
      return read;
    },
    async pdf(bytes, chars) {
      const read = await pdfs.run({ bytes, chars, ms: pdfMs });
      if (!read) throw new UnreadError((say) => say('files.no-pdf'));
      return read;
    },
    transcribe: (bytes, name, contentType) => transcribe(gateway, bytes, name, contentType),
    async [Symbol.asyncDispose]() {
      await Promise.all([tables[Symbol.asyncDispose](), pdfs[Symbol.asyncDispose]()]);
    },
  };
}

/** Asks the gateway for the words of a recording (OpenAI's `/v1/audio/transcriptions`). */
async function transcribe(gateway: Transcription, bytes: Buffer, name: string, contentType: string): Promise<string> {
  const { LITELLM_API_BASE: base, LITELLM_API_KEY: key, TRANSCRIPTION_MODEL: model } = gateway;
  if (model === '') throw new UnreadError((say) => say('files.deaf'));
  const form = new FormData();
  form.set('model', model);
  form.set('file', new Blob([new Uint8Array(bytes)], { type: contentType }), name);
  const address = `${base.replace(/\/$/, '')}/audio/transcriptions`;
  const response = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: form,
    signal: AbortSignal.timeout(transcriptionMs),
  }).catch((error: unknown) => {
    throw new UnreadError((say) => say('files.not-heard'), error);
  });
  const said: unknown = await response.json().catch(() => undefined);
  if (response.status === 404 || response.status === 405) throw new UnreadError((say) => say('files.deaf'));
  if (!response.ok || !isObject(said) || typeof said['text'] !== 'string') {
    throw new UnreadError((say) => say('files.not-heard'));
  }
  return said['text'].trim();
}
