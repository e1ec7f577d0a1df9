import { readCallPieces, type CallPiece } from '../calls/call-piece.ts';
import { readContent } from './content.ts';
import type { Frame } from './read-event.ts';

/** What one frame adds to an answer. */
export interface FramePart {
  /** True for a `message`, which holds the whole answer; a `delta` holds the next piece of it. */
  whole: boolean;
  text: string;
  /** The model's words for not answering. */
  refusal: string;
  /** Reasoning as text for people. */
  thought: string;
  /** Reasoning in the provider's own form, by its field: to be sent back with the answer. */
  thoughtFields: Record<string, unknown>;
  calls: CallPiece[];
}

type Fields = Record<string, unknown>;

/** Reasoning as plain text stands in one of these. */
const thoughtTexts = ['reasoning_content', 'reasoning', 'thinking', 'thought', 'reasoning_text'];
/** Lists that hold reasoning with signatures: OpenRouter's, and Anthropic's by way of LiteLLM. */
const thoughtLists = ['reasoning_details', 'thinking_blocks'];

/** The choices of a frame that belong to the answer. Only one was asked for; another index is another answer. */
export function choicesOf(frame: Frame): Fields[] {
  const { choices } = frame;
  const list = Array.isArray(choices) ? choices : isFields(choices) ? oneOrAll(choices) : [frame];
  return list.filter(isFields).filter(({ index }) => index === undefined || index === null || Number(index) === 0);
}

/** A choice in the place of the list, or choices by their index. */
function oneOrAll(choices: Fields): unknown[] {
  return 'delta' in choices || 'message' in choices || 'finish_reason' in choices ? [choices] : Object.values(choices);
}

/** What a choice adds; nothing when it only tells that the answer begins or ends. */
export function partsOf(choice: Fields): FramePart[] {
  const { delta, message } = choice;
  const parts: FramePart[] = [];
  if (typeof delta === 'string') parts.push(readPart({ content: delta }, false));
  else if (isFields(delta)) parts.push(readPart(delta, false));
  // Ollama's own format has the next piece in `message`, and says whether that was all.
  if (isFields(message)) parts.push(readPart(message, !('done' in choice)));
  // Completions without chat have their text on the choice itself.
  if (parts.length === 0 && typeof choice['text'] === 'string')
    parts.push(readPart({ content: choice['text'] }, false));
  return parts;
}

function readPart(fields: Fields, whole: boolean): FramePart {
  const content = readContent(fields['content']);
  const ofGoogle = (fields['extra_content'] as { google?: { thought?: unknown } } | undefined)?.google;
  const isThought = ofGoogle?.thought === true;
  const { refusal } = fields;
  return {
    whole,
    text: isThought ? '' : content.text,
    refusal: typeof refusal === 'string' ? refusal : content.refusal,
    thought: thoughtIn(fields) || content.thought || (isThought ? content.text : ''),
    thoughtFields: thoughtFieldsOf(fields),
    calls: readCallPieces(fields['tool_calls'] ?? content.calls, fields['function_call']),
  };
}

/** Providers tell one thought in several fields; the first that has text counts. */
function thoughtIn(fields: Fields): string {
  for (const field of [...thoughtTexts, ...thoughtLists]) {
    if (fields[field] === undefined || fields[field] === null) continue;
    const text = readContent(fields[field], true);
    if (text.thought !== '' || text.text !== '') return text.thought || text.text;
  }
  return '';
}

function thoughtFieldsOf(fields: Fields): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const field of thoughtLists) if (Array.isArray(fields[field])) found[field] = fields[field];
  const { reasoning_content: text } = fields;
  if (typeof text === 'string' && text !== '') found['reasoning_content'] = text;
  return found;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
