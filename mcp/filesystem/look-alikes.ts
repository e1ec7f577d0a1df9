import { entriesOf } from './entries.ts';
import type { Held } from './reach.ts';

/** What a missing name was perhaps meant to be. */
export interface LookAlikes {
  /** Names that nobody can tell from the missing one: other Unicode forms, spaces, quotes, dashes. */
  same: string[];
  /** Names that differ in case, accents, separators, unseen signs, or by letters of another alphabet. */
  similar: string[];
}

/** So many entries are compared; a directory may have more than anybody would wait for. */
const MAX_COMPARED = 20_000;
const MAX_SIMILAR = 5;

/** Looks for what a missing name may have meant. Hidden names are never given away. */
export async function lookAlikes(held: Held, name: string, isHidden: (name: string) => boolean): Promise<LookAlikes> {
  const wanted = { same: asTyped(name), similar: inOutline(name) };
  const found: LookAlikes = { same: [], similar: [] };
  let compared = 0;
  for await (const entry of entriesOf(held)) {
    compared += 1;
    if (compared > MAX_COMPARED) break;
    if (isHidden(entry.name)) continue;
    if (asTyped(entry.name) === wanted.same) found.same.push(entry.name);
    else if (found.similar.length < MAX_SIMILAR && inOutline(entry.name) === wanted.similar)
      found.similar.push(entry.name);
  }
  return found;
}

/** A name as a keyboard gives it. macOS, word processors and models write other signs that look the same. */
export function asTyped(name: string): string {
  return name
    .normalize('NFC')
    .replace(/\p{Zs}/gu, ' ')
    .replace(/[\u2018-\u201b\u2032\u02bc\u00b4`]/gu, "'")
    .replace(/[\u201c-\u201f\u2033\u00ab\u00bb]/gu, '"')
    .replace(/[\u2010-\u2015\u2212]/gu, '-');
}

/** Letters of other alphabets beside the Latin ones that they are taken for (Unicode's confusables, in lower case). */
const OTHER_LETTERS = 'аеіјкмнорсѕтухьһԁԛԝвбαβεικμνορτυχγωω';
const LATIN_LETTERS = 'aeijkmhopcstyxbhdqwb6abeikuvoptuxyww';

function inOutline(name: string): string {
  const plain = asTyped(name).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const latin = Array.from(plain, (sign) => LATIN_LETTERS[OTHER_LETTERS.indexOf(sign)] ?? sign).join('');
  return latin
    .replaceAll('%20', ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/[\s_.-]+/gu, ' ')
    .trim()
    .replaceAll('ß', 'ss')
    .replace(/[0o]/gu, 'o')
    .replace(/[1il|]/gu, 'l');
}

/** Signs that no new name may hold: whoever reads the name would not see them, or would read it in another order. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}]|[\p{Cf}--[\u{200c}\u{200d}]]/v;

/** Says why a name cannot be given to a new file; undefined when it can. */
export function newNameProblem(name: string): string | undefined {
  if (UNSEEN.test(name)) return 'holds a line break, or a sign that cannot be seen or changes the direction of reading';
  return name.trim() === name ? undefined : 'begins or ends with a space';
}
