/** Tokens that a message costs besides its text (role and separators), by OpenAI's count. */
const perMessage = 4;

/** How a family of models cuts text, beside OpenAI's newest encoding. Measured: `docs/models.md`, "Tokens". */
interface Vocabulary {
  /** What its words cost, as a multiple. */
  words: number;
  /** Whether each digit is a token, where OpenAI's encodings take three at once. */
  singleDigits: boolean;
  /** Tokens that a letter beyond Latin, Greek and Cyrillic tables costs more; old vocabularies hold few of them. */
  otherLetters: number;
}

/** By the model's name; the first that fits counts. */
const vocabularies: [name: RegExp, vocabulary: Vocabulary][] = [
  [/claude|^anthropic\//, { words: 1.2, singleDigits: false, otherLetters: 0.3 }],
  [/gemini|gemma/, { words: 1.08, singleDigits: true, otherLetters: 0 }],
  [/qwen|qwq/, { words: 1.1, singleDigits: true, otherLetters: 0.02 }],
  [/llama-?[34]|deepseek|hermes-?[34]/, { words: 1.1, singleDigits: false, otherLetters: 0.03 }],
  [
    /llama|mistral|mixtral|codestral|ministral|magistral|vicuna/,
    { words: 1.25, singleDigits: true, otherLetters: 0.4 },
  ],
];

/** One that nobody has measured costs rather too much, because a request that is too long fails. */
const unknown: Vocabulary = { words: 1.15, singleDigits: true, otherLetters: 0.1 };
const openai = /(^|[/._-])(gpt-|chatgpt-|o[1-9]([.-]|$)|davinci|text-embedding)/;
/** Models of OpenAI before the present encoding. */
const earlier = /(^|[/._-])(gpt-4(-|$)|gpt-3|text-embedding)/;

/**
 * The tokens of a text for a model, by its name. OpenAI's are counted with their own encodings. Others are counted with
 * the newest of these, and corrected by what was measured with their tokenizers. An encoding is loaded when it is first
 * needed: most conversations are too short to need it.
 */
export async function countTokens(text: string, model = 'gpt-5'): Promise<number> {
  const name = model.toLowerCase();
  const own = openai.test(name) && !/gpt-oss/.test(name);
  const { countTokens: count } =
    own && earlier.test(name) ? await import('gpt-tokenizer/encoding/cl100k_base') : await import('gpt-tokenizer');
  // Texts that look like control tokens (<|endoftext|>) are plain text here.
  const tokens = countPieces(text, (piece) => count(piece, { disallowedSpecial: new Set() }));
  return perMessage + (own || name.includes('gpt-oss') ? tokens : corrected(text, tokens, vocabularyOf(name)));
}

/** Letters, signs or spaces that nothing breaks. Encodings take them as one piece, some of the signs with letters. */
const unbroken = /[^\s\p{N}]{256,}|\s{256,}/gu;
const slice = 256;

/**
 * Counts a text, and what in it has no break slice by slice: an encoding takes a time that grows with the square of a
 * piece. Each slice costs a token too many at most.
 */
function countPieces(text: string, count: (piece: string) => number): number {
  let tokens = 0;
  let from = 0;
  for (const { 0: piece, index } of text.matchAll(unbroken)) {
    tokens += count(text.slice(from, index));
    for (let at = 0; at < piece.length; at += slice) tokens += count(piece.slice(at, at + slice));
    from = index + piece.length;
  }
  return tokens + count(text.slice(from));
}

function vocabularyOf(name: string): Vocabulary {
  return vocabularies.find(([pattern]) => pattern.test(name))?.[1] ?? unknown;
}

function corrected(text: string, tokens: number, { words, singleDigits, otherLetters }: Vocabulary): number {
  const others = otherLetters === 0 ? 0 : (text.match(/[\u0250-\uffff]/g)?.length ?? 0) * otherLetters;
  return Math.ceil(tokens * words + (singleDigits ? lostDigits(text) : 0) + others);
}

/** How many tokens OpenAI's encodings save by taking three digits at once. */
function lostDigits(text: string): number {
  let lost = 0;
  for (const [digits] of text.matchAll(/\d{2,}/g)) lost += digits.length - Math.ceil(digits.length / 3);
  return lost;
}

/** An upper bound that needs no encoding: a token has at least one byte. */
export function maxTokens(text: string): number {
  return Buffer.byteLength(text) + perMessage;
}
