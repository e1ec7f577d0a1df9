import { compileGlob } from './glob.ts';

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
 * Throws with a sentence for the operator when an entry holds a slash or unfolds to too many alternatives.
 */
export function compileHiddenNames(list: string): HiddenNames {
  const rules = list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(compileRule);
  return (name) => rules.findLast((rule) => rule.matches([name]))?.hides ?? false;
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
