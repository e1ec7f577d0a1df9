import { compileGlob } from './glob.ts';
import { asTyped } from './look-alikes.ts';

/**
 * Names of files that carry credentials or run by themselves. They are never listed, read or written unless the
 * operator says otherwise.
 */
export const DEFAULT_HIDDEN_NAMES = [
  '.env,.env.*,!.env.example,!.env.sample,!.env.template',
  '.git,.hg,.svn,.ssh,.gnupg,.aws,.azure,.gcloud,.kube,.docker',
  '.netrc,.pgpass,.npmrc,.pypirc,.git-credentials,.htpasswd',
  'id_rsa,id_dsa,id_ecdsa,id_ed25519,*.pem,*.key,*.p12,*.pfx,*.keystore',
].join(',');

/** Tells whether a single name (not a path) is hidden. */
export type HiddenNames = (name: string) => boolean;

/**
 * Compiles a comma-separated list of name globs. `!glob` makes an exception, and the last entry that matches decides.
 * What hides a name hides the copies that editors and people make of it too: `.env~`, `#.env#`, `id_rsa.bak`.
 * Throws with a sentence for the operator when an entry holds a slash or unfolds to too many alternatives.
 */
export function compileHiddenNames(list: string): HiddenNames {
  const rules = list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(compileRule);
  const hides = (name: string): boolean => rules.findLast((rule) => rule.matches([name]))?.hides ?? false;
  return (name) => originalsOf(name).some(hides);
}

/** What editors, tools and people add to a name when they make a copy, and forms of a name that some systems equate. */
const ADDITIONS: readonly RegExp[] = [
  /[\s.~]+$/u,
  /[._-]?(?:bak|backup|bkp|old|orig|original|save|saved|copy|tmp|temp|dist|disabled|rej|prev|swp|sw[a-o]|un~|\d+)$/iu,
  /[ _-]*(?:\(\d+\)|[-_ ]copy(?: ?\(?\d+\)?)?|\d{4}-?\d\d-?\d\d\S*)$/iu,
  /\.(?:gz|zip|bz2|xz|7z|zst|tar|tgz|gpg|enc|txt)$/iu,
  /^(?:copy of |backup of |\.?#|\.~lock\.|~\$?|[._]_|\s+)/iu,
  /#$/u,
];

/** The name and everything that it may be a copy of. */
function originalsOf(name: string): string[] {
  const all = new Set([name, asTyped(name).normalize('NFKC')]);
  for (const one of all) {
    // The first letter of vim's swap file of a name without a dot is one.
    if (/\.sw[a-p]$/.test(one) && one.startsWith('.')) all.add(one.slice(1, -4));
    for (const addition of ADDITIONS) {
      const original = one.replace(addition, '');
      if (original !== '' && original !== '.') all.add(original);
    }
  }
  return [...all];
}

function compileRule(entry: string) {
  const hides = !entry.startsWith('!');
  const matches = compileGlob(hides ? entry : entry.slice(1));
  if (!matches || entry.includes('/'))
    throw new Error(
      `FILESYSTEM_HIDDEN_NAMES: "${entry}" must be a name glob without "/" and with few braces, such as *.key`,
    );
  return { hides, matches };
}
