import { createHash } from 'node:crypto';

/** The form that every provider accepts: OpenAI 64 of these characters, Gemini a letter or `_` first. */
const portable = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;

/** The name under which a model sees a tool: the catalogue's own, or one made from it that every provider accepts. */
export function presentedName(name: string): string {
  if (portable.test(name)) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const plain = name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').replace(/^(?![a-zA-Z_])/, '_');
  return `${plain.slice(0, 55)}_${hash}`;
}
