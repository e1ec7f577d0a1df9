import { EventSourceParserStream } from 'eventsource-parser/stream';

/** What JSON.parse returns: tests look into it. */
// oxlint-disable-next-line no-explicit-any
export type Json = any;

export interface SentEvent {
  event: string | undefined;
  id: string | undefined;
  data: Json;
}

/** Reads a stream of server-sent events to its end. */
export async function readEvents(response: Response): Promise<SentEvent[]> {
  const events: SentEvent[] = [];
  if (!response.body) return events;
  for await (const { event, id, data } of response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())) {
    events.push({ event, id, data: data === '[DONE]' ? data : (JSON.parse(data) as unknown) });
  }
  return events;
}
