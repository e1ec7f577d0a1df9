import type { Request, Response } from 'express';
import type { Api } from '../api.ts';
import { rememberCalls } from '../answer/remembered.ts';
import { streamRun } from '../answer/stream-run.ts';
import type { AnswerEvent } from '../answer/watch.ts';
import { textSent } from '../events.ts';
import { callerOf } from '../http/caller.ts';
import type { EventStream } from '../http/sse.ts';
import { partOutcome, watchPart, type Part, type Waiting } from './part.ts';
import type { ChatRequest } from './schema.ts';
import { callDeltas, chunk, usageChunk, type ChatWire } from './wire.ts';

interface Chat {
  request: Request;
  response: Response;
  body: ChatRequest;
  wire: ChatWire;
  part: Part;
}

/** Streams a part of a run as chunks. Every stream ends with `[DONE]`, or with an error that says why it does not. */
export function streamChat(api: Api, chat: Chat): Promise<void> {
  const { request, response, wire, part } = chat;
  const { runId } = wire;
  return streamRun(
    api,
    { request, response, runId, stops: true },
    {
      async write(stream, signal) {
        await stream.send(chunk(wire, { role: 'assistant' }));
        const writer = createWriter(stream, chat);
        for await (const event of watchPart(api, part, signal)) {
          if (event.type === 'ended') {
            const { ended, state } = event;
            await rememberCalls(api, callerOf(request), { runId, calls: ended.calls ?? [], state });
          }
          await writer.write(event);
        }
        if (writer.ended()) await stream.sendText('[DONE]');
        return writer.ended();
      },
      fail: (stream, error) => stream.send({ error }),
    },
  );
}

/** Words between the texts of two steps, and where a text begins again. */
const between = '\n\n';
const again = '\n\n[The answer was interrupted and begins again.]\n\n';

function createWriter(stream: EventStream, { response, body, wire, part }: Chat) {
  let ended = false;
  let step = 0;
  let wrote = false;
  // A program that wants JSON cannot read what the model says before its tool calls.
  const whole = body.response_format !== undefined && body.response_format.type !== 'text';
  const events = body.dragoman.events === true;

  async function write(event: AnswerEvent | Waiting): Promise<void> {
    switch (event.type) {
      case 'text': {
        if (whole) return;
        const lead = wrote && event.step !== step ? between : '';
        step = event.step;
        wrote = true;
        textSent(response);
        return stream.send(chunk(wire, { content: lead + event.text }));
      }
      case 'restarted':
        return whole ? undefined : stream.send(chunk(wire, { content: again }));
      case 'waiting':
      case 'ended': {
        const outcome = partOutcome(event, part);
        if (event.type === 'waiting') {
          await stream.send(chunk(wire, { content: (wrote ? between : '') + event.note }));
        } else if (whole && outcome.text !== '') await stream.send(chunk(wire, { content: outcome.text }));
        if (outcome.calls.length > 0) await stream.send(chunk(wire, callDeltas(outcome.calls)));
        await stream.send(chunk(wire, {}, outcome.finish));
        if (body.stream_options?.include_usage) await stream.send(usageChunk(wire, outcome.usage));
        ended = true;
        return;
      }
      default:
        return events ? stream.send(ownEvent(event), { event: 'dragoman' }) : undefined;
    }
  }
  return { write, ended: () => ended };
}

/** Tools and approvals, for clients that asked for them under `dragoman.events`. */
function ownEvent(event: Exclude<AnswerEvent, { type: 'text' | 'restarted' | 'ended' }>) {
  switch (event.type) {
    case 'called':
      return { type: 'tool.called', tool: event.call.tool, arguments: event.call.arguments };
    case 'returned':
      return { type: 'tool.returned', tool: event.call.tool, outcome: event.outcome };
    case 'asked': {
      const { approval, tool, arguments: args, why, expiresAt } = event.approval;
      return { type: 'approval.requested', approval, tool, arguments: args, why, expires_at: expiresAt };
    }
    case 'decided':
      return { type: 'approval.decided', approval: event.approval.approval, decision: event.approval.decision };
    case 'questioned': {
      const { question, text, choices, expiresAt } = event.question;
      return { type: 'question.asked', question, text, ...(choices && { choices }), expires_at: expiresAt };
    }
    case 'replied': {
      const { question, text } = event.reply;
      return { type: 'question.answered', question, answer: text ?? null };
    }
    case 'steered':
      return { type: 'steered', text: event.text };
    case 'notice':
      return { type: 'notice', text: event.text };
  }
}
