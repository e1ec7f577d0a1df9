import { deflateSync } from 'node:zlib';

export interface PdfParts {
  /** The content stream of each page, in PDF's operators; a buffer is one that is already packed. */
  pages: (string | Buffer)[];
  /** Packs the content streams. */
  packed?: boolean;
  title?: string;
  /** The dictionary of the font /F1. */
  font?: string;
  /** More objects, which begin at number 4, and more entries of the trailer. */
  objects?: string[];
  trailer?: string;
}

const HELVETICA = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';

/** Writes a PDF by hand (ISO 32000-1, 7.5): no library has to be trusted for what a test expects. */
export function pdfOf({
  pages,
  packed = false,
  title,
  font = HELVETICA,
  objects = [],
  trailer = '',
}: PdfParts): Buffer {
  const first = 4 + objects.length;
  const kids = pages.map((_, index) => `${first + 2 * index} 0 R`).join(' ');
  const info = title === undefined ? '<< >>' : `<< /Title (${title}) >>`;
  const all: (string | Buffer)[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    info,
    ...objects,
    ...pages.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${first + 2 * index + 1} 0 R /Resources << /Font << /F1 ${font} >> >> >>`,
      streamOf(content, packed),
    ]),
  ];
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\u00e2\u00e3\n', 'latin1')];
  const offsets: number[] = [];
  let length = parts[0]!.length;
  for (const [index, body] of all.entries()) {
    const object = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(body), Buffer.from('\nendobj\n')]);
    offsets.push(length);
    length += object.length;
    parts.push(object);
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 ${all.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${all.length + 1} /Root 1 0 R /Info 3 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

function streamOf(content: string | Buffer, packed: boolean): Buffer {
  const body = Buffer.isBuffer(content) ? content : packed ? deflateSync(content) : Buffer.from(content);
  const filter = packed || Buffer.isBuffer(content) ? '/Filter /FlateDecode ' : '';
  return Buffer.concat([
    Buffer.from(`<< ${filter}/Length ${body.length} >>\nstream\n`),
    body,
    Buffer.from('\nendstream'),
  ]);
}

/** A content stream that shows lines of text. */
export function lines(...texts: string[]): string {
  return `BT /F1 12 Tf 72 700 Td ${texts.map((text) => `(${text}) Tj 0 -14 Td`).join(' ')} ET`;
}
