import { Transform } from 'node:stream';

/** What answers is no S3 server, or no answer to what was asked. `what` completes "answers with". */
export class NotS3 extends Error {
  override name = 'NotS3';
  readonly what: string;
  readonly status: number | undefined;

  constructor(what: string, status?: number) {
    super(`the server answers with ${what}`);
    this.what = what;
    this.status = status;
  }
}

/** The document that each command is answered with. */
const ROOTS: Record<string, string> = {
  ListObjectsV2Command: 'ListBucketResult',
  ListBucketsCommand: 'ListAllMyBucketsResult',
};

/** Says what a document is when it is not what S3 sends; undefined for the right one, and for S3's own errors. */
export function documentProblem(start: string, command: string): string | undefined {
  const text = start.replace(/^(?:\u00ef\u00bb\u00bf)?\s*(?:<\?[^>]*>|<!--[^]*?-->|\s)*/, '');
  const wanted = ROOTS[command];
  if (text === '') return wanted === undefined ? undefined : 'nothing';
  if (/^<!doctype html|^<html|^<head|^<body/i.test(text)) return 'a web page';
  if (/^[[{]/.test(text)) return 'JSON';
  const root = /^<(?:[\w-]+:)?([\w-]+)/.exec(text)?.[1];
  if (root === undefined) return 'text that is no XML';
  if (root === 'Error' || wanted === undefined || root === wanted) return undefined;
  return `<${root}> in place of <${wanted}>`;
}

const FIELDS = ['LastModified', 'CreationDate', 'Size', 'KeyCount', 'MaxKeys', 'IsTruncated'];
const FIELD = new RegExp(`<(${FIELDS.join('|')})>([^<]{0,200})</\\1>`, 'g');
const OPEN_FIELD = new RegExp(`<(?:${FIELDS.join('|')})>[^<]{0,200}(?:</?[A-Za-z]{0,20})?$|<[A-Za-z/]{0,20}$`);

/**
 * A list with fields that the strict parser takes: one odd date or size would cost the whole list. What cannot be read is
 * left out.
 */
export function mendFields(): Transform {
  let rest = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = rest + chunk.toString('latin1');
      const open = OPEN_FIELD.exec(text.slice(-300));
      rest = open ? text.slice(text.length - Math.min(300, text.length) + open.index) : '';
      done(null, mended(text.slice(0, text.length - rest.length)));
    },
    flush(done) {
      done(null, mended(rest));
    },
  });
}

function mended(text: string): Buffer {
  const whole = text.replace(FIELD, (field, name: string, value: string) => {
    const right = rightValue(name, value.trim());
    if (right === value) return field;
    return right === undefined ? '' : `<${name}>${right}</${name}>`;
  });
  return Buffer.from(whole, 'latin1');
}

function rightValue(name: string, value: string): string | undefined {
  if (name === 'IsTruncated') return /^(?:true|1|yes)$/i.test(value) ? 'true' : 'false';
  if (name === 'LastModified' || name === 'CreationDate') return dateOf(value);
  return /^\d{1,15}$/.test(value) ? value : undefined;
}

function dateOf(value: string): string | undefined {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(value) && !Number.isNaN(Date.parse(value))) return value;
  const time = Date.parse(/^\d{4}-\d\d-\d\d[ T][\d:.]+$/.test(value) ? `${value.replace(' ', 'T')}Z` : value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
