/** A way in which models were trained to write tool calls into their text. */
export interface Way {
  /**
   * `token`: the mark is a token of the model's own, which nobody else writes. `tag`: it could be quoted as well, so it
   * counts on lines of its own or at the end of the answer. `fence`: a block of code, only at the end of the answer.
   */
  kind: 'token' | 'tag' | 'fence';
  open: RegExp;
  /** What ends a block that this text has opened; the end of the answer does so as well. */
  close(opened: string): RegExp;
}

/** Marks are read in `plainMarks` of a text. */
export const ways: Way[] = [
  // Llama 3.1 and newer.
  { kind: 'token', open: /<\|python_tag\|>/, close: () => /<\|(?:eom_id|eot_id|end_of_text)\|>|(?=<\|python_tag\|>)/ },
  // Mistral: a list after one mark, or a name and its arguments after each.
  { kind: 'token', open: /\[TOOL_CALLS\]/, close: () => /(?=\[TOOL_CALLS\])|<\/s>/ },
  // DeepSeek and Kimi.
  { kind: 'token', open: /<\|tool_calls(?:_section)?_begin\|>/, close: () => /<\|tool_calls(?:_section)?_end\|>/ },
  { kind: 'token', open: /<\|tool_call_begin\|>/, close: () => /<\|tool_call_end\|>/ },
  {
    kind: 'token',
    open: /<\|DSML\|(?:function_calls|tool_calls)>/,
    close: () => /<\/\|DSML\|(?:function_calls|tool_calls)>/,
  },
  // Granite, Phi, Gemma 4, Cohere's Command, FunctionGemma.
  {
    kind: 'token',
    open: /<\|tool_calls?\|>/,
    close: () => /<\|\/tool_calls?\|>|<\|end_of_text\|>|(?=<\|tool_calls?\|>)/,
  },
  { kind: 'token', open: /<\|tool_call>/, close: () => /<tool_call\|>/ },
  { kind: 'token', open: /<\|START_ACTION\|>/, close: () => /<\|END_ACTION\|>/ },
  // LM Studio's own.
  { kind: 'token', open: /\[TOOL_REQUEST\]/, close: () => /\[END_TOOL_REQUEST\]/ },
  { kind: 'token', open: /<start_function_call>/, close: () => /<end_function_call>/ },
  // Hermes, Qwen, GLM, MiniMax, Jamba, Nemotron and Anthropic's older form.
  {
    kind: 'tag',
    open: /<(?:tool_calls?|function_calls?|TOOLCALL|tool_use|minimax:tool_call|antml:function_calls)>/,
    close: (opened) => new RegExp(`${opened.replace('<', '</')}|(?=${opened})`),
  },
  { kind: 'tag', open: /<function=[^<>\s]{1,200}>/, close: () => /<\/function>/ },
  { kind: 'tag', open: /<invoke name="[^"<>]{1,200}">/, close: () => /<\/invoke>/ },
  { kind: 'tag', open: /functools(?=\[)/, close: () => /$/ },
  // Gemini and Gemma.
  { kind: 'fence', open: /```(?:tool_code|tool_calls?|function_calls?)[ \t]*\n/, close: () => /\n[ \t]*```/ },
];

/** The text with the signs that DeepSeek's tokens are drawn with in plain form; its length stays. */
export function plainMarks(text: string): string {
  if (!text.includes('｜')) return text;
  return text.replaceAll(/<\/?｜[^<>]{1,80}>/gu, (token) => token.replaceAll('｜', '|').replaceAll('▁', '_'));
}

const anyOpen = new RegExp(ways.map(({ open }) => open.source).join('|'), 'g');

/** The first mark in a text, as `plainMarks` returns it, that opens a block. */
export function firstOpen(plain: string, from = 0): { at: number; opened: string; way: Way } | undefined {
  anyOpen.lastIndex = from;
  const found = anyOpen.exec(plain);
  if (!found) return undefined;
  const way = ways.find(({ open }) => plain.slice(found.index).search(open) === 0);
  return way && { at: found.index, opened: found[0], way };
}

/** How many characters at the end of a text may be the beginning of a mark, with the blanks before it. */
export function heldBack(text: string): number {
  const tail = text.slice(-250);
  const mark =
    /(?:<(?:[|｜/a-zA-Z][^<>\n]{0,150})?|\[[A-Z_]*|`{1,3}[a-z_]*[ \t]*|\bf(?:u(?:n(?:c(?:t(?:o(?:o(?:l(?:s)?)?)?)?)?)?)?)?)?$/u.exec(
      tail,
    )?.[0] ?? '';
  const before = text.slice(0, text.length - mark.length);
  return text.length - before.trimEnd().length;
}

/** What may stand after the last block of an answer without being said by it: marks, and results that were made up. */
export function saidAfter(text: string): string {
  return text
    .replace(/<(tool_response|tool_result|tool_output)>[^]*$/, '')
    .replace(/```tool_outputs?\b[^]*$/, '')
    .replaceAll(/<\|[\w]{1,40}\|>|<\/(?:s|tool_calls?|function_calls?|function)>/g, '');
}
