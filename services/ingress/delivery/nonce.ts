import { createHash } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The nonce of one part of one run. Every attempt to send the part has the same nonce, so that Discord keeps one
 * message. It has 25 characters, the most that Discord accepts.
 */
export function nonceOf(runId: string, part: string): string {
  const digest = createHash('sha256').update(`${runId}\n${part}`).digest();
  return [...digest.subarray(0, 25)].map((byte) => alphabet[byte % 32]).join('');
}
