import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as PdfjsModule from 'pdfjs-dist/legacy/build/pdf.mjs';

export interface PdfText {
  title?: string;
  text: string;
  note?: string;
}

/** Nobody reads further; the rest has its page number. */
const MAX_CHARS = 3_000_000;

/**
 * The text of a PDF, page by page, as far as it can be read by `deadline` (of `performance.now()`), up to the page in
 * which it exceeds `maxChars`. Rejects when the bytes are no PDF that can be read at all.
 */
export async function pdfToText(bytes: Uint8Array, deadline: number, maxChars = MAX_CHARS): Promise<PdfText> {
  const pdfjs = await loadPdfjs();
  const task = pdfjs.getDocument({
    data: bytes,
    verbosity: 0,
    disableFontFace: true,
    useSystemFonts: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    cMapUrl: `${path.join(path.dirname(fileURLToPath(import.meta.resolve('pdfjs-dist/package.json'))), 'cmaps')}/`,
    cMapPacked: true,
  });
  const document = await task.promise.catch((error: unknown) => {
    if (error instanceof Error && error.name === 'PasswordException') return undefined;
    throw error;
  });
  if (!document) return { text: '', note: 'The PDF is locked with a password, so nothing of it can be read.' };
  const pages: string[] = [];
  let length = 0;
  let isEmpty = true;
  let number = 1;
  for (; number <= document.numPages && length < maxChars && performance.now() < deadline; number += 1) {
    const text = await pageText(document, number);
    isEmpty &&= text === '';
    pages.push(`[Page ${number} of ${document.numPages}]\n\n${text || '(no text)'}`);
    length += text.length;
  }
  const title = await titleOf(document);
  const facts = title === undefined ? {} : { title };
  if (isEmpty && number > document.numPages)
    return {
      ...facts,
      text: '',
      note: `The PDF has ${document.numPages} pages without any text: they are pictures, such as a scan.`,
    };
  if (number > document.numPages) return { ...facts, text: pages.join('\n\n') };
  const note = `Only the first ${number - 1} of ${document.numPages} pages were read: the rest takes too long.`;
  return { ...facts, text: pages.join('\n\n'), note };
}

type Pdfjs = typeof PdfjsModule;
type PdfDocument = Awaited<ReturnType<Pdfjs['getDocument']>['promise']>;

async function loadPdfjs(): Promise<Pdfjs> {
  // It looks for them to draw with, and warns on standard output when they are missing. Nothing is drawn here.
  const global = globalThis as Record<string, unknown>;
  for (const name of ['DOMMatrix', 'Path2D', 'ImageData']) global[name] ??= Object;
  return import('pdfjs-dist/legacy/build/pdf.mjs');
}

async function titleOf(document: PdfDocument): Promise<string | undefined> {
  const { info } = await document.getMetadata().catch(() => ({ info: {} }));
  const { Title } = info as { Title?: unknown };
  return typeof Title === 'string' && Title.trim() !== '' ? Title.trim().slice(0, 500) : undefined;
}

/** A gap of more than so many lines' heights begins a paragraph. */
const PARAGRAPH_GAP = 1.6;

async function pageText(document: PdfDocument, number: number): Promise<string> {
  try {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    let text = '';
    let last: { y: number; height: number } | undefined;
    for (const item of items) {
      if (!('str' in item)) continue;
      const at = { y: Number(item.transform[5]), height: item.height || last?.height || 10 };
      if (
        last &&
        text.endsWith('\n') &&
        item.str.trim() !== '' &&
        Math.abs(last.y - at.y) > last.height * PARAGRAPH_GAP
      )
        text += '\n';
      text += item.str + (item.hasEOL ? '\n' : '');
      if (item.str.trim() !== '') last = at;
    }
    page.cleanup();
    return text
      .replace(/[ \t]+\n/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
  } catch {
    return '(this page is damaged)';
  }
}
