import { ToolError } from '#mcp/kit.ts';

/** How a service is spoken of, and the variable that says where it is. */
export interface ServiceNames {
  /** Such as Prometheus. */
  service: string;
  variable: string;
}

/** What answers is not the service: a login page, a proxy, another API. */
export class Stranger extends Error {
  override name = 'Stranger';
}

/** The service sent more than is taken in. */
export class AnswerTooLarge extends Error {
  override name = 'AnswerTooLarge';
}

/** An answer with a status that brings nothing to read. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

/**
 * Turns a failure into a sentence that tells the model what to do. It holds neither the address nor credentials. A
 * failure that nobody foresaw comes back unchanged, for the operator.
 */
export function explainFailure(error: unknown, names: ServiceNames, timedOutAfterMs: number | undefined): unknown {
  if (error instanceof ToolError) return error;
  const text = sentenceFor(error, names, timedOutAfterMs);
  return text === undefined ? error : new ToolError(text, { cause: error });
}

function sentenceFor(
  error: unknown,
  { service, variable }: ServiceNames,
  timedOutAfterMs: number | undefined,
): string | undefined {
  const mend = `Tell the user that the operator must check ${variable}`;
  if (timedOutAfterMs !== undefined)
    return `${service} did not answer within ${timedOutAfterMs / 1000} s. Ask for less, such as a shorter time, or try once more.`;
  if (error instanceof AnswerTooLarge)
    return `${service} sent more than can be read at once. Ask for less: a shorter time, fewer series or lines.`;
  if (error instanceof Stranger)
    return `What answers at ${variable} is not ${service}, or something stands in front of it (${error.message}). ${mend}.`;
  if (error instanceof Refusal) return refusalSentence(error.status, service, mend);
  return connectionSentence(error, service, mend);
}

function refusalSentence(status: number, service: string, mend: string): string {
  if (status >= 300 && status < 400)
    return `${service} sends requests elsewhere (status ${status}), as a login page does. ${mend}.`;
  if (status === 401 || status === 403)
    return `${service} gives this tool no access (status ${status}). ${mend} and its login.`;
  if (status === 404 || status === 405)
    return `${service} has no such thing at that address (status ${status}). ${mend}, with its path.`;
  if (status === 413 || status === 414 || status === 431)
    return `The request is too long for ${service}. Write a shorter one.`;
  if (status === 429) return `${service} asks for fewer requests. Wait a moment, then try again.`;
  if (status >= 500)
    return `${service} is overloaded or ill now (status ${status}). Ask for less, or try again in a moment.`;
  return `${service} does not take the request (status ${status}). Check the arguments.`;
}

function connectionSentence(error: unknown, service: string, mend: string): string | undefined {
  const { code = '', name = '' } = (error ?? {}) as { code?: string; name?: string };
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/.test(code))
    return `${service} cannot be reached now. Tell the user; trying again at once is unlikely to help.`;
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code))
    return `${service} has no valid certificate. ${mend} and its certificate.`;
  if (/ERR_SSL|EPROTO|HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES/.test(code) || name === 'HTTPParserError')
    return `What answers in place of ${service} does not speak proper HTTP. ${mend}: http or https, and the port.`;
  if (/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(code) || name === 'SocketError')
    return `The connection to ${service} broke before everything had come. Try again in a moment.`;
  return undefined;
}
