/** Pages that are built to cost their reader more than their own size, by what they are made of. */
export const hostilePages: Record<string, (bytes: number) => string> = {
  'elements in each other, never closed': (bytes) => filled('<div><p><b><ul><li><blockquote><table><tr><td>', bytes),
  'elements beside each other': (bytes) => filled('<i></i>', bytes),
  'attributes of one element': (bytes) => `<p ${numbered((n) => `a${n}=${n} `, bytes)}>x</p>`,
  'elements with attributes': (bytes) => numbered((n) => `<a href=/${n} id=i${n} class="a b c">x</a>`, bytes),
  entities: (bytes) => `<p>${filled('&amp;&#x41;&hellip;', bytes)}</p>`,
  'broken tags and comments': (bytes) => filled('<<!DOCTYPE x [<!----><!--->', bytes),
  'signs to escape': (bytes) => `<p>${filled('*_`[]\\ ', bytes)}</p>`,
  'a title': (bytes) => `<title>${filled('t', bytes)}</title><p>x</p>`,
};

function filled(part: string, bytes: number): string {
  return part.repeat(Math.ceil(bytes / part.length)).slice(0, bytes);
}

function numbered(part: (n: number) => string, bytes: number): string {
  const parts: string[] = [];
  for (let length = 0, n = 0; length < bytes; n += 1) {
    const next = part(n);
    parts.push(next);
    length += next.length;
  }
  return parts.join('');
}
