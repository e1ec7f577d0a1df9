import { S3ServiceException } from '@aws-sdk/client-s3';
import { ToolError } from '#mcp/kit.ts';
import { DocumentTooLarge } from './documents.ts';
import { NotS3 } from './listings.ts';
import { serverSentence, type Place } from './server-errors.ts';

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
  if (error instanceof NotS3) return strangerSentence(error.what, error.status ?? statusOf(error));
  if (error instanceof S3ServiceException) return serverSentence(error, place);
  return connectionSentence(error);
}

/** A console's port, the login page of a proxy, a website, another API: nothing was learnt about any bucket. */
function strangerSentence(what: string, status: number | undefined): string {
  const said = status === undefined || status < 300 ? what : `${what} (status ${status})`;
  const hint = what.startsWith('<ListBucketResult')
    ? 'It seems to hold the name of a bucket: it must be the server alone. '
    : '';
  return (
    `What answers at S3_ENDPOINT is no S3 server, or something stands in front of it: it answers with ${said}. ${hint}` +
    'Tell the user that the operator must check S3_ENDPOINT (host, port, http or https); nothing is known about the objects.'
  );
}

/** A sentence for failures of the connection. The SDK adds `$metadata` to them and keeps the system's code. */
function connectionSentence(error: unknown): string | undefined {
  const { code = '', name = '', message = '' } = error as { code?: string; name?: string; message?: string };
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(code) || name === 'TimeoutError')
    return 'The object store cannot be reached now. Tell the user; trying again at once is unlikely to help.';
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code))
    return 'The object store has no valid certificate. Tell the user that the operator must check S3_ENDPOINT and its certificate.';
  if (/ERR_SSL|EPROTO|HPE_/.test(code))
    return 'What answers at S3_ENDPOINT does not speak the protocol that it names. Tell the user that the operator must check http or https and the port.';
  if (/^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) || message === 'aborted')
    return 'The connection to the object store broke before everything had come. Try again in a moment.';
  if (/checksum mismatch/i.test(message))
    return 'The content came damaged: its checksum is not the one the object store names. Try once more; if it happens again, tell the user.';
  if ((statusOf(error) ?? 0) >= 500) return 'The object store is overloaded or ill now. Try again in a moment.';
  // XML that breaks off, or that no S3 server sends.
  if (/parse|entity|xml|deserializ/i.test(`${name} ${message}`))
    return 'The object store sent an answer that is cut off or broken and cannot be understood. Try once more; if it happens again, tell the user.';
  return undefined;
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
