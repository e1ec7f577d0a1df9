/** What a failed exchange, or an error within a stream, says. */
export interface WireError {
  message: string;
  type: string;
  /** LiteLLM sends the status as text, others a word. */
  code: string;
}

type Fields = Record<string, unknown>;

/** Where providers put the words of an error, most of them within `error`. */
const wordFields = [
  'message',
  'detail',
  'error_msg',
  'errorMessage',
  'msg',
  'error_description',
  'Message',
  'status_msg',
  'raw',
  'title',
];

/**
 * Reads the error object of a body or frame, in the forms that providers and the gateways before them use: OpenAI's
 * `{error: {…}}`, a list of one (Gemini), `{detail: [{loc, msg}]}` (FastAPI), `{object: "error", message: {…}}`
 * (Mistral), `{type: "error", error: {…}}` (Anthropic), `{base_resp: {…}}` (MiniMax), a text alone. Undefined when the
 * body says nothing like that.
 */
export function readWireError(body: unknown): WireError | undefined {
  if (Array.isArray(body)) return readWireError(body.find((each) => isFields(each)));
  if (!isFields(body)) return undefined;
  const inner = [body['error'], body['errors'], body['base_resp']].find((each) => each !== undefined && each !== null);
  if (typeof inner === 'string') return { message: joined(inner, body), type: text(body['type']), code: codeOf(body) };
  const fields = Array.isArray(inner) ? inner.find(isFields) : inner;
  if (isFields(fields)) {
    const message = wordsOf(fields);
    return {
      message: message === '' ? JSON.stringify(body) : withDetail(message, fields),
      type: typeOf(fields),
      code: codeOf(fields),
    };
  }
  const message = wordsOf(body);
  return message === '' ? undefined : { message, type: typeOf(body), code: codeOf(body) };
}

function joined(error: string, body: Fields): string {
  const more = wordsOf(body);
  return more === '' || more === error ? error : `${error}: ${more}`;
}

function wordsOf(fields: Fields): string {
  for (const field of wordFields) {
    const value = fields[field];
    if (typeof value === 'string' && value !== '') return value;
    if (Array.isArray(value) || isFields(value)) return JSON.stringify(value);
  }
  return '';
}

/** What a router's provider said stands deeper; it tells more than "Provider returned error". */
function withDetail(message: string, fields: Fields): string {
  const metadata = isFields(fields['metadata']) ? fields['metadata'] : {};
  const more = [fields['failed_generation'], metadata['raw'], fields['param']].filter(
    (each) => typeof each === 'string',
  );
  return [message, ...more].join(' | ');
}

function typeOf(fields: Fields): string {
  return [fields['type'], fields['status'], fields['__type'], fields['name']]
    .map(text)
    .filter((each) => each !== '')
    .join(' ');
}

function codeOf(fields: Fields): string {
  const inner = isFields(fields['innererror']) ? text(fields['innererror']['code']) : '';
  return [fields['code'] ?? fields['status_code'] ?? fields['statusCode'] ?? '', inner]
    .map(text)
    .filter((each) => each !== '')
    .join(' ');
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
