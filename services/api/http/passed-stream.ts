import { createParser } from 'eventsource-parser';
import { ApiError } from './errors.ts';
import { answerIn, saidIn, type GatewayAnswer, type PassedOn } from './passed-answer.ts';
import { usageIn, type Count, type ToldUsage } from './passed-usage.ts';
import { ClientGone, openEventStream } from './sse.ts';

export interface Passing {
  /** What becomes of a failure. */
  toldOf: (error: unknown) => ApiError | ClientGone;
  count: Count;
}

/** Passes a stream on, chunk by chunk, without the one of usage that the client did not ask for. */
export async function passStream(
  { request, response, body }: PassedOn,
  asking: Promise<globalThis.Response>,
  { toldOf, count }: Passing,
): Promise<void> {
  const asked = (body['stream_options'] as { include_usage?: unknown } | undefined)?.include_usage === true;
  const stream = openEventStream(request, response);
  let headers: Headers | undefined;
  let usage: ToldUsage | undefined;
  let said = '';
  let failed: ApiError | ClientGone | undefined;
  try {
    const answer = await asking;
    ({ headers } = answer);
    for await (const chunk of chunksOf(answer)) {
      usage = usageIn(chunk) ?? usage;
      said += saidIn(chunk);
      if (asked || chunk.choices?.length !== 0) await stream.send(chunk);
    }
    await stream.sendText('[DONE]');
  } catch (error) {
    failed = error instanceof ClientGone ? error : toldOf(error);
  }
  try {
    // Whoever leaves has had the answer as far as it came; a provider that failed is paid for what it told.
    if (!failed || failed instanceof ClientGone || usage) await count({ usage, said, ...(headers && { headers }) });
  } finally {
    if (failed instanceof ApiError) await stream.send({ error: failed.body.error }).catch(() => undefined);
    stream.end();
  }
}

/** Throws Error when it breaks off before its end. */
async function* chunksOf({ body, headers }: globalThis.Response): AsyncGenerator<GatewayAnswer> {
  const text = body?.pipeThrough(new TextDecoderStream()) ?? [];
  // Some endpoints answer in one piece, whatever they are asked for.
  if (!headers.get('content-type')?.startsWith('text/event-stream'))
    return yield inOneChunk(answerIn(await whole(text)));
  let ended = false;
  for await (const data of eventsOf(text)) {
    if (data === '[DONE]') return;
    const chunk = answerIn(data);
    ended ||= chunk.choices?.some(({ finish_reason: reason }) => typeof reason === 'string') ?? false;
    yield chunk;
  }
  // Not every server says that it is done.
  if (!ended) throw new Error('its stream broke off');
}

async function whole(text: AsyncIterable<string> | string[]): Promise<string> {
  let joined = '';
  for await (const piece of text) joined += piece;
  return joined;
}

function inOneChunk({ choices = [], ...rest }: GatewayAnswer): GatewayAnswer {
  const deltas = choices.map(({ message, ...choice }) => ({ ...choice, delta: message }));
  return { ...rest, object: 'chat.completion.chunk', choices: deltas };
}

/** The data of each event; of the last one also when no empty line stands behind it. */
async function* eventsOf(text: AsyncIterable<string> | string[]): AsyncGenerator<string> {
  const events: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => events.push(data) });
  for await (const piece of text) {
    parser.feed(piece);
    yield* events.splice(0);
  }
  parser.feed('\n\n');
  yield* events.splice(0);
}
