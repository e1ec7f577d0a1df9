import { S3ServiceException } from '@aws-sdk/client-s3';
import { ToolError } from '#mcp/kit.ts';
import { DocumentTooLarge } from './documents.ts';
import { shown } from './names.ts';

/** What a call is about, for the sentence when it fails. */
export interface Place {
  bucket?: string;
  key?: string;
}

/**
 * Turns a failure into a sentence that tells the model what to do. It holds neither the endpoint nor the server's own
 * words, which can carry keys and hosts. A failure that the model can do nothing about comes back unchanged, for the
 * operator.
 */
export function explainFailure(error: unknown, place: Place, timedOutAfterMs: number | undefined): unknown {
  if (error instanceof ToolError) return error;
  const text = sentenceFor(error, place, timedOutAfterMs);
  return text === undefined ? error : new ToolError(text, { cause: error });
}

function sentenceFor(error: unknown, place: Place, timedOutAfterMs: number | undefined): string | undefined {
  if (timedOutAfterMs !== undefined)
    return `The object store did not answer within ${timedOutAfterMs / 1000} s. Try once more, or ask for less.`;
  if (error instanceof DocumentTooLarge) return 'The object store sent an answer that is far too large. Tell the user.';
  if (error instanceof S3ServiceException) return serverSentence(error, place);
  return connectionSentence(error);
}

/** A sentence for each code of the S3 API reference, "Error responses". A HEAD request has only its status. */
function serverSentence(error: S3ServiceException, { bucket, key }: Place): string | undefined {
  const status = error.$metadata.httpStatusCode ?? 0;
  const inBucket = bucket === undefined ? '' : ` in the bucket ${shown(bucket)}`;
  switch (error.name) {
    case 'NoSuchKey':
      return `There is no object ${shown(key ?? '')}${inBucket}. Names are exact; minio_list_objects shows what exists.`;
    case 'NoSuchBucket':
      return `There is no bucket ${shown(bucket ?? '')}. minio_list_buckets shows what exists.`;
    case 'AccessDenied':
    case 'AllAccessDisabled':
      return `The object store gives this tool no access${inBucket}. Use another bucket, or tell the user that access is missing.`;
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'RequestTimeTooSkewed':
    case 'ExpiredToken':
      return 'The object store refuses the login of this tool. Tell the user that the operator must check S3_ACCESS_KEY, S3_SECRET_KEY and the clock.';
    case 'InvalidObjectState':
      return `${shown(key ?? '')} is archived and cannot be read now. Tell the user.`;
    case 'EntityTooLarge':
    case 'QuotaExceeded':
    case 'XMinioStorageFull':
      return 'The object store has no room for this. Nothing was written; tell the user.';
    case 'InvalidRange':
      return `${shown(key ?? '')} is shorter than that offset. Give a smaller one.`;
    case 'KeyTooLongError':
    case 'InvalidObjectName':
    case 'XMinioInvalidObjectName':
      return `The object store does not take ${shown(key ?? '')} as a name. Use another one.`;
    default:
      return byStatus(status, key === undefined ? undefined : shown(key), inBucket);
  }
}

function byStatus(status: number, object: string | undefined, inBucket: string): string | undefined {
  if (status === 404 && object !== undefined)
    return `There is no object ${object}${inBucket}. minio_list_objects shows what exists.`;
  if (status === 403)
    return `The object store gives this tool no access${inBucket}. Tell the user that access is missing.`;
  if (status === 416) return `${object ?? 'The object'} is shorter than that offset. Give a smaller one.`;
  if (status === 429 || status >= 500) return 'The object store is overloaded or ill now. Try again in a moment.';
  if (status >= 400) return `The object store refuses the request${inBucket}. Check the names, or use others.`;
  return undefined;
}

/** A sentence for failures of the connection. The SDK adds `$metadata` to them and keeps the system's code. */
function connectionSentence(error: unknown): string | undefined {
  const { code = '', name = '', message = '' } = error as { code?: string; name?: string; message?: string };
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(code) || name === 'TimeoutError')
    return 'The object store cannot be reached now. Tell the user; trying again at once is unlikely to help.';
  if (/^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) || message === 'aborted')
    return 'The connection to the object store broke before everything had come. Try again in a moment.';
  if (/checksum mismatch/i.test(message))
    return 'The content came damaged: its checksum is not the one the object store names. Try once more; if it happens again, tell the user.';
  // The answer is no XML, or XML that no S3 server sends.
  if (/parse|entity|xml|deserializ/i.test(`${name} ${message}`))
    return 'The object store sent an answer that cannot be understood. Tell the user.';
  return undefined;
}
