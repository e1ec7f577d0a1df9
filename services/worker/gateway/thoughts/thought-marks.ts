/** The marks around a thought. */
export interface ThoughtMark {
  open: string;
  close: string;
  /** True when nothing else is written so: these count within an answer as well, others only where it begins. */
  sure: boolean;
}

/** Tags in angle brackets, which may hold attributes. */
const sureTags = ['think', 'thinking', 'seed:think', 'antml:thinking', 'antthinking', 'mm:think'];
const otherTags = [
  'thought',
  'thoughts',
  'reasoning',
  'reason',
  'reflection',
  'scratchpad',
  'inner_monologue',
  'seed:cot_budget_reflect',
];

/**
 * Marks by the models that write them: Magistral, Kimi, Cohere's Command, OpenThinker, MedGemma, Gemma 4; the tags are
 * DeepSeek's, Qwen's, Seed's, Gemini's and many others'.
 */
const pairs: [open: string, close: string][] = [
  ['[think]', '[/think]'],
  ['[begin_of_thought]', '[end_of_thought]'],
  ['◁think▷', '◁/think▷'],
  ['<|start_thinking|>', '<|end_thinking|>'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|think|>', '<|/think|>'],
  ['<unused94>', '<unused95>'],
  ['<|channel>thought', '<channel|>'],
];

export const thoughtMarks: ThoughtMark[] = [
  ...sureTags.map((tag) => ({ open: `<${tag}>`, close: `</${tag}>`, sure: true })),
  ...otherTags.map((tag) => ({ open: `<${tag}>`, close: `</${tag}>`, sure: false })),
  ...pairs.map(([open, close]) => ({ open, close, sure: true })),
];

/** More characters than any mark has, attributes included. */
export const longestMark = 80;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const openings = thoughtMarks.map(({ open }) => escaped(open).replace(/>$/, String.raw`(?:\s[^<>]{0,60})?>`));
const closings = thoughtMarks.map(({ close }) => escaped(close));

export const anyMark = new RegExp(`(?:${openings.join('|')})|(?:${closings.join('|')})`, 'i');

export interface KnownMark {
  mark: ThoughtMark;
  opens: boolean;
}

/** Which mark a text that `anyMark` has found is. */
export function markOf(found: string): KnownMark {
  const plain = found.toLowerCase().replace(/^(<[\w:]+)\s[^<>]*>$/, '$1>');
  const opened = thoughtMarks.find(({ open }) => open === plain);
  if (opened) return { mark: opened, opens: true };
  const closed = thoughtMarks.find(({ close }) => close === plain);
  if (!closed) throw new TypeError(`no mark: ${found}`);
  return { mark: closed, opens: false };
}

/** How many characters at the end of a text may be the beginning of a mark. */
export function heldBack(text: string): number {
  const tail = text.slice(-longestMark);
  const at = Math.max(tail.lastIndexOf('<'), tail.lastIndexOf('['), tail.lastIndexOf('◁'));
  if (at < 0) return 0;
  const begun = tail.slice(at).toLowerCase();
  // A tag whose attributes have begun is as good as the tag alone.
  const bare = begun.replace(/^(<[\w:]+)\s[^<>\n]*$/, '$1');
  return thoughtMarks.some(({ open, close }) => open.startsWith(bare) || close.startsWith(begun)) ? begun.length : 0;
}
