/** What a message's content holds, whatever its form. */
export interface Content {
  text: string;
  thought: string;
  refusal: string;
  /** Calls that stand among the content, as Anthropic's and Bedrock's do. */
  calls: unknown[] | undefined;
}

const thoughtTypes =
  /^(?:redacted_|summary_)?(?:thinking|reasoning|thought|reasoning_content|reasoningContent)(?:[._](?:text|summary|encrypted))?$/;
const texts = [
  'text',
  'content',
  'thinking',
  'reasoning',
  'reasoningText',
  'reasoningContent',
  'summary',
  'output_text',
  'value',
];

/**
 * Reads content: a text, parts of a list, one part in the place of a list. Parts for thoughts (Mistral's and Anthropic's
 * `thinking`, Bedrock's `reasoningContent`) are kept apart. `asThought`: the field holds nothing but a thought.
 */
export function readContent(content: unknown, asThought = false): Content {
  const found: Content = { text: '', thought: '', refusal: '', calls: undefined };
  for (const part of Array.isArray(content) ? content : [content]) addPart(found, part, asThought);
  return found;
}

function addPart(found: Content, part: unknown, asThought: boolean): void {
  if (typeof part === 'string' || typeof part === 'number') {
    found.text += String(part);
    return;
  }
  if (typeof part !== 'object' || part === null) return;
  const fields = part as Record<string, unknown>;
  const type = typeof fields['type'] === 'string' ? fields['type'] : '';
  if (type === 'refusal') found.refusal += textIn(fields['refusal']);
  else if (type === 'tool_use' || type === 'tool_call' || 'toolUse' in fields) {
    found.calls = [...(found.calls ?? []), fields['toolUse'] ?? fields];
  } else if (asThought || thoughtTypes.test(type) || 'reasoningContent' in fields || fields['thought'] === true) {
    found.thought += textIn(fields);
  } else found.text += textIn(fields);
}

/** The text of a part, which may be a level or two down. */
function textIn(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (depth > 4 || typeof value !== 'object' || value === null) return '';
  if (Array.isArray(value)) return value.map((each) => textIn(each, depth + 1)).join('');
  const fields = value as Record<string, unknown>;
  const field = texts.find((name) => fields[name] !== undefined && fields[name] !== null);
  return field === undefined ? '' : textIn(fields[field], depth + 1);
}
