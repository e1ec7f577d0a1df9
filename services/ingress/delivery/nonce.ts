import { createHash } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The nonce of one part of one run: the same for every attempt to send it, so that Discord keeps one message.
 * 25 characters, the most that Discord takes.
 */
export function nonceOf(runId: string, part: string): string {
  const digest = createHash('sha256').update(`${runId}\n${part}`).digest();
  return [...digest.subarray(0, 25)].map((byte) => alphabet[byte % 32]).join('');
}
