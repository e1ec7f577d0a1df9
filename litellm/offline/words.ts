/** Words that say nothing about which tool is meant. */
const empty = new Set(
  `a an the of in on at to for from by with and or is are was were be been do does did has have had i you he she it we they me my your
   our their its s this that these those there here what which who whom whose how when where why can could would should will shall may
   please tell give show want need let us some any all many much now then than as if not no yes so just also about into out up down
   hello hi hey thanks one ones use used using called named`.split(/\s+/),
);

/** Words that people use for something that tools call by another name. */
const synonyms: Record<string, string[]> = {
  document: ['file'],
  file: ['directory'],
  folder: ['directory'],
  dir: ['directory'],
  db: ['database'],
  page: ['url', 'web'],
  website: ['url', 'web'],
  site: ['url', 'web'],
  clock: ['time'],
  markdown: ['md'],
  python: ['py'],
  text: ['txt'],
  today: ['time'],
  date: ['time'],
  day: ['date'],
  late: ['time'],
  hour: ['time'],
  column: ['describe', 'table'],
  field: ['column'],
  bucket: ['object', 'store'],
  container: ['bucket'],
  remember: ['memory'],
  trend: ['message'],
  said: ['message'],
  say: ['message'],
  chat: ['message', 'channel'],
  discuss: ['message'],
  talk: ['message'],
};

/** The words of a text in their basic form and in order. Words that say nothing are left out. */
export function contentWords(text: string): string[] {
  return plainWords(text)
    .filter((word) => !empty.has(word))
    .map(stem);
}

/** All words of a text in lower case. A `snake_case` or `camelCase` name becomes several words. */
export function plainWords(text: string): string[] {
  const parted = text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  return parted.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** A word and what it may stand for. */
export function meanings(word: string): string[] {
  return [word, ...(synonyms[word] ?? [])];
}

/** The basic form of an English word, after removing plural and verb endings. */
export function stem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && /[^su]s$/.test(word)) return word.slice(0, -1);
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3);
  return word;
}
