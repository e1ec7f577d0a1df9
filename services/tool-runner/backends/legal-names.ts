import { createHash } from 'node:crypto';

/** MCP's characters for names, in a length that all models accept together with our prefix. */
const legal = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const nameMax = 64;
/** Nobody names a tool so by mistake: line breaks and invisible characters, and paths that lead up. */
const hostile = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]|(?:^|[\\/])\.\.(?:[\\/]|$)/u;

/**
 * The names under which a server's tools are shown, by their own. A legal name stays; an odd one becomes the nearest
 * legal name, with a mark of its own where another tool has that already, so that a name does not depend on the order of
 * the list. Names that nothing can be made of are left out.
 */
export function legalNames(own: readonly string[]): Map<string, string> {
  const kept = new Set(own.filter(isLegal));
  const odd = [...new Set(own)].filter((name) => !isLegal(name) && name.trim() !== '' && !hostile.test(name));
  const nearest = new Map(odd.map((name) => [name, nearestTo(name)]));
  const counts = Map.groupBy(nearest.values(), (name) => name.toLowerCase());
  const lower = new Set([...kept].map((name) => name.toLowerCase()));
  const names = new Map([...kept].map((name) => [name, name]));
  for (const [name, near] of nearest) {
    const key = near.toLowerCase();
    const alone = !lower.has(key) && counts.get(key)?.length === 1;
    names.set(name, alone ? near : marked(near, name));
  }
  return names;
}

function isLegal(name: string): boolean {
  return name.length <= nameMax && legal.test(name);
}

function nearestTo(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .trim()
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^[^A-Za-z0-9_]+/, '_');
  if (!/[A-Za-z0-9]/.test(plain)) return marked('tool', name);
  return plain.length <= nameMax ? plain : marked(plain, name);
}

function marked(near: string, name: string): string {
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${near.slice(0, nameMax - mark.length - 1)}_${mark}`;
}
