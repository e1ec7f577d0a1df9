/** Names as they stand in metrics, URLs of tool-runners and before each tool: `name__tool`. */
const legal = /^[a-z][a-z0-9-]{0,30}$/;
const nameMax = 31;

/** Whether a server may have this name as it is. */
export function isServerName(name: string): boolean {
  return legal.test(name);
}

/**
 * The name that each entry has with us, by its name in the file, in the file's order. Legal names stay; others are made
 * legal ("Brave Search" becomes `brave-search`). Where two would be the same, the later one gets a number.
 */
export function serverNames(written: readonly string[]): Map<string, string> {
  // Names that need no change are kept, whatever comes before them in the file.
  const taken = new Set(written.filter(isServerName));
  return new Map(
    written.map((name) => {
      if (isServerName(name)) return [name, name];
      const free = freeName(legalName(name), taken);
      taken.add(free);
      return [name, free];
    }),
  );
}

/** The legal name nearest to what somebody has written. */
export function legalName(written: string): string {
  const plain = written
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '');
  const named = /^[a-z]/.test(plain) ? plain : `server-${plain}`;
  return named.slice(0, nameMax).replace(/-+$/, '');
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    const ending = `-${number}`;
    const next = `${name.slice(0, nameMax - ending.length)}${ending}`;
    if (!taken.has(next)) return next;
  }
}
