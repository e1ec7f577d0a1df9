import { unfenced } from '../arguments-text.ts';
import { readRelaxed } from '../relaxed-json.ts';
import { readPythonCalls } from './python-calls.ts';
import type { WrittenCall } from './written-call.ts';

const nameFields = ['name', 'tool_name', 'tool', 'function_name', 'recipient_name', 'function', 'action'];
const argumentFields = ['arguments', 'parameters', 'args', 'input', 'tool_input', 'kwargs', 'action_input', 'params'];

/**
 * Reads what stands between the marks of a block; each way of writing calls is told by its own signs. Undefined when it
 * is none of them. `opened`: the mark, which holds the name in some ways. The text is one of `plainMarks`.
 */
export function readBlock(opened: string, content: string): WrittenCall[] | undefined {
  const text = `${/^<(?:function=|invoke )/.test(opened) ? opened : ''}${content}`.replaceAll('|DSML|', '').trim();
  return (
    readSections(text) ?? readXml(text) ?? readNamed(text) ?? readJsonCalls(unfenced(text)) ?? readPythonCalls(text)
  );
}

/** A name that can be told although the block cannot be read as a whole. */
export function nameIn(content: string): string | undefined {
  const json = /"(?:name|tool_name)"\s*:\s*"([^"\\]{1,128})"/.exec(content)?.[1];
  return (
    json ??
    /^\s*(?:[\w.]+<\|tool_sep\|>)?([\w.:-]{1,128})\s*(?:\[ARGS\]|<\|tool_sep\|>|\n```|<arg_key>|\{)/.exec(content)?.[1]
  );
}

/** DeepSeek's and Kimi's: `<|tool_call_begin|>` name `<|tool_sep|>` arguments `<|tool_call_end|>`. */
function readSections(text: string): WrittenCall[] | undefined {
  const separator = /<\|tool_sep\|>|<\|tool_call_argument_begin\|>/;
  if (!separator.test(text)) return undefined;
  const calls = text.split(/<\|tool_call_begin\|>/).flatMap((section) => {
    const [left = '', right] = section.split(/<\|tool_call_end\|>/)[0]!.split(separator);
    if (right === undefined) return [];
    if (/^\s*(?:[{]|```)/.test(right)) return [{ name: left.trim(), arguments: unfenced(right.trim()) }];
    const [name = '', ...rest] = right.trim().split('\n');
    return [{ name: name.trim(), arguments: unfenced(rest.join('\n').trim()) }];
  });
  return calls.length > 0 ? calls : undefined;
}

/** Qwen-Coder's `<function=name><parameter=key>`, and Anthropic's and MiniMax' `<invoke name="name">`. */
function readXml(text: string): WrittenCall[] | undefined {
  const blocks = [
    ...text.matchAll(
      /<(?:function=|invoke name=")([^<>"\s]+)"?>([^]*?)(?=<\/(?:function|invoke)>|<(?:function=|invoke )|$)/g,
    ),
  ];
  if (blocks.length === 0) return undefined;
  return blocks.map(([, name = '', body = '']) => ({ name, arguments: readParameters(body) ?? (body.trim() || {}) }));
}

function readParameters(body: string): Record<string, unknown> | undefined {
  const found = [...body.matchAll(/<parameter(?:=| name=")([^<>"\s]+)"?[^<>]*>([^]*?)<\/parameter>/g)];
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map(([, key = '', value = '']) => [key, value.replace(/^\n|\n$/g, '')]));
}

/** A name and its arguments: Mistral's, GLM's and Gemma's. */
function readNamed(text: string): WrittenCall[] | undefined {
  const mistral = /^([\w.:-]+)(?:\[CALL_ID\][\w-]+)?\s*(?:\[ARGS\])?\s*(\{[^]*)$/.exec(text);
  if (mistral && !text.startsWith('call:')) return [{ name: mistral[1] ?? '', arguments: mistral[2] }];
  const glm = /^([\w.:-]+)\s*((?:<arg_key>[^]*<\/arg_value>)?)$/.exec(text);
  if (glm) {
    const pairs = [...(glm[2] ?? '').matchAll(/<arg_key>([^]*?)<\/arg_key>\s*<arg_value>([^]*?)<\/arg_value>/g)];
    return [
      { name: glm[1] ?? '', arguments: Object.fromEntries(pairs.map(([, key = '', value]) => [key.trim(), value])) },
    ];
  }
  const gemma = /^call:([\w.:-]+?)\s*(\{[^]*\})$/.exec(text);
  return gemma
    ? [{ name: gemma[1] ?? '', arguments: (gemma[2] ?? '').replaceAll(/<escape>|<\|"\|>/g, '"') }]
    : undefined;
}

/** One call as JSON, a list of them, or several one after the other. */
export function readJsonCalls(text: string): WrittenCall[] | undefined {
  const whole = readRelaxed(text);
  const parts =
    whole === undefined ? text.split(/;|\n(?=\s*\{)/).map((part) => readRelaxed(part.trim())) : [whole].flat();
  const calls = parts.map(readCall);
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined;
}

function readCall(value: unknown): WrittenCall | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  const inner = fields['function'];
  if (typeof inner === 'object' && inner !== null) return readCall(inner);
  const nameField = nameFields.find((field) => typeof fields[field] === 'string' && fields[field] !== '');
  if (nameField === undefined) return undefined;
  const args = argumentFields.find((field) => fields[field] !== undefined);
  return { name: String(fields[nameField]), arguments: args === undefined ? {} : fields[args] };
}
