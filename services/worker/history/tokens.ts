/** Tokens that a message costs besides its text (role and separators), by OpenAI's count. */
const perMessage = 4;

/**
 * The tokens of a text as OpenAI's newest encoding counts them; other families of models differ by some per cent. The
 * encoding is loaded when it is first needed: most conversations are too short to need it.
 */
export async function countTokens(text: string): Promise<number> {
  const { countTokens: count } = await import('gpt-tokenizer');
  // Texts that look like control tokens (<|endoftext|>) are plain text here.
  return count(text, { disallowedSpecial: new Set() }) + perMessage;
}

/** An upper bound that needs no encoding: a token has at least one byte. */
export function maxTokens(text: string): number {
  return Buffer.byteLength(text) + perMessage;
}
