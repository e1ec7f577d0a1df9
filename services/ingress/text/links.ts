import { speak, type Say } from '../language/say.ts';
import { asCode } from './code.ts';

/** What is known about links; everything is optional. */
export interface LinkRules {
  /** Hosts whose masked links may keep their text; subdomains count. */
  trustedHosts?: readonly string[];
  /** Whether the user or a list named a host. Links to others are shown as code. Absent: all are shown as links. */
  knownHost?: (host: string) => boolean;
  /** Texts that may never be shown, in a link or elsewhere. */
  secrets?: readonly string[];
  /** The language of what stands for a secret; English when absent. */
  say?: Say;
}

/** Stands for a secret until the text is written: a character of the private use area, which no text needs. */
export const REDACTED = '\uf8f0';

/** Shorter texts do not count as secrets, because they would be found by chance. */
export const SHORTEST_SECRET = 6;

const INVITE_HOST =
  /^(?:[\w-]+\.)*(?:discord\.(?:gg|gift|me|li|io|st|media)|dsc\.gg|invite\.gg|discord-?gift\.\w+|(?:discord|discordapp)\.(?:gifts?|new))$/i;
const INVITE_PATH = /^\/+(?:invite|gifts?|template)(?:\/|$)/i;
const DISCORD_HOST = /^(?:[\w-]+\.)?discord(?:app)?\.com$/i;

/**
 * Shows an address so that its host is visible and no preview is fetched: `<https://host/…>`, or as code where it must
 * not be clicked.
 */
export function showAddress(raw: string, rules: LinkRules): string {
  const url = parseAddress(raw);
  if (raw.includes(REDACTED) || holdsSecret(raw, rules) || (url && holdsSecret(url.href, rules)))
    return (rules.say ?? speak('en'))('text.secret-link');
  if (!url) return asCode(raw);
  const href = canonical(url);
  return isWeb(url) && !isInvite(url) && (rules.knownHost?.(url.hostname) ?? true) ? `<${href}>` : asCode(href);
}

/** Shows a masked link as text and address: `text (<https://host/…>)`. `text` is already safe. */
export function showLink(text: string, rawText: string, raw: string, rules: LinkRules): string {
  if (raw.toLowerCase() === `mailto:${rawText.trim().toLowerCase()}`) return text;
  const address = showAddress(raw, rules);
  if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(rawText)) return address;
  const url = parseAddress(raw);
  const claimed = claimedHost(rawText);
  if (url && address.startsWith('<')) {
    if (claimed === undefined && isTrusted(url.hostname, rules)) return `[${text}](${address})`;
    if (sameAddress(rawText, url)) return address;
    if (claimed !== undefined && claimed !== url.hostname) return `${asCode(rawText)} (${address})`;
  }
  return `${text} (${address})`;
}

/** The address in canonical form: punycode host, no user name or password, nothing that ends markup. */
function canonical(url: URL): string {
  url.username = '';
  url.password = '';
  const escape = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  const { origin } = url;
  const host = url.href.startsWith(origin) ? origin.length : 0;
  return url.href.slice(0, host) + url.href.slice(host).replaceAll(/[|*`<>[\]\\]|@(?=everyone|here)/gi, escape);
}

function parseAddress(raw: string): URL | undefined {
  const url = URL.parse(raw.trim());
  return url ?? undefined;
}

function isWeb(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:';
}

/** An invite anywhere in the address counts, because Discord looks for invites inside of texts. */
function isInvite(url: URL): boolean {
  if (/discord(?:app)?\.(?:gg\/|com\/(?:invite|gifts?)\/|gift\/)/i.test(url.href)) return true;
  return INVITE_HOST.test(url.hostname) || (DISCORD_HOST.test(url.hostname) && INVITE_PATH.test(url.pathname));
}

function isTrusted(host: string, rules: LinkRules): boolean {
  return (rules.trustedHosts ?? []).some((trusted) => host === trusted || host.endsWith(`.${trusted}`));
}

/** The host that a link's text claims to lead to. */
function claimedHost(text: string): string | undefined {
  const match = /(?:https?:\/\/)?((?:[\p{L}\p{N}_-]+\.)+[\p{L}]{2,})/iu.exec(text);
  return match ? URL.parse(`https://${match[1]}`)?.hostname : undefined;
}

function sameAddress(text: string, url: URL): boolean {
  const shown = URL.parse(text.trim()) ?? URL.parse(`https://${text.trim()}`);
  return shown !== null && canonical(shown) === url.href;
}

/** True when the text holds a secret, in plain text or encoded as URLs and their makers do. */
export function holdsSecret(text: string, { secrets = [] }: LinkRules): boolean {
  if (secrets.length === 0) return false;
  const seen = new Set([text]);
  let decoded = text;
  for (let round = 0; round < 3; round += 1) {
    decoded = decodeLoosely(decoded);
    seen.add(decoded);
  }
  const forms = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(encodings);
  return [...seen].some((candidate) => forms.some((form) => candidate.toLowerCase().includes(form.toLowerCase())));
}

function encodings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // The first and last characters of base64 depend on what stands next to the secret.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64url')
      .slice(shift + 1, -4),
  );
  return [secret, bytes.toString('hex'), ...base64.filter((form) => form.length >= 8)];
}

function decodeLoosely(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}
