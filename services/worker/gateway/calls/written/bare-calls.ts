import { meantName } from '../meant-name.ts';
import { readPythonCalls } from './python-calls.ts';
import { isUnfinished } from '../relaxed-json.ts';
import { nameIn, readJsonCalls } from './read-block.ts';
import type { WrittenCall } from './written-call.ts';

/** Characters after which an answer that does not look like calls is shown. */
const patience = 400;
const called =
  /^[\s[{]*['"](?:type['"]\s*:\s*['"]function['"]\s*,\s*['"])?(?:name|tool_name|tool|function|function_name|recipient_name)['"]\s*:/;

/** Whether an answer that begins like this may be nothing but calls, as Llama's models write them. */
export function mayBeBare(begun: string): boolean {
  const text = begun.trimStart();
  if (text === '') return false;
  if (/^[[{]\s*(?:\{\s*)?$/.test(text) || called.test(text) || /^\[\s*[A-Za-z_][\w.]*\(/.test(text)) return true;
  return (
    text.length < patience &&
    /^(?:\{|\[\s*\{)\s*['"][\w]*['"]?(?:\s*:\s*['"]?\w*['"]?\s*,?\s*['"]?\w*['"]?)?$|^\[\s*[A-Za-z_][\w.]*$/.test(text)
  );
}

/**
 * The calls of an answer that is nothing but calls: JSON with a name and arguments, or Python's list of calls. Undefined
 * for everything else, such as a description of a tool, which has its schema in the place of arguments.
 */
export function bareCalls(answer: string, offered: readonly string[]): WrittenCall[] | undefined {
  const text = answer.trim().replace(/(?:<\|\w+\|>\s*)+$/, '');
  const calls = /^\[\s*[A-Za-z_]/.test(text) ? readPythonCalls(text) : jsonCalls(text);
  if (!calls && isUnfinished(text)) return cutCall(text, offered);
  return calls?.every(({ name }) => meantName(offered, name) !== undefined) ? calls : undefined;
}

const argumentsNamed = /['"](?:arguments|parameters|args|input|tool_input|kwargs|params)['"]\s*:/;
const describes = /"description"\s*:|"properties"\s*:\s*\{/;

function jsonCalls(text: string): WrittenCall[] | undefined {
  return /^[[{]/.test(text) && argumentsNamed.test(text) && !describes.test(text) ? readJsonCalls(text) : undefined;
}

/** A call that was cut off is none, but no text for the person either. */
function cutCall(text: string, offered: readonly string[]): WrittenCall[] | undefined {
  const name = /^\[\s*([A-Za-z_][\w.]*)\(/.exec(text)?.[1] ?? (argumentsNamed.test(text) ? nameIn(text) : undefined);
  return name !== undefined && meantName(offered, name) !== undefined ? [{ name, arguments: text }] : undefined;
}
