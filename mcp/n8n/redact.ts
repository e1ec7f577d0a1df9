import { isObject } from '#shared/ground/objects.ts';

const HIDDEN = '[redacted]';

/** Names under which people keep what nobody else may see. */
const SECRET_NAME =
  /pass(?:word|wd|phrase)?$|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|authori[sz]ation|credential|cookie|bearer|signature|^auth$/i;

/**
 * Values that are secrets wherever they stand: keys of known makers, JSON Web Tokens, logins in addresses, PEM. What may
 * be of any length begins where its letters begin, or else a long text of others would take time by its square.
 */
const SECRET_VALUES: readonly [RegExp, string][] = [
  [/\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[\w-]{8,}/g, HIDDEN],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|AIza|hf_|npm_)[\w-]{8,}/g, HIDDEN],
  [/(?<![\w-])((?:[\w-]{0,40}-)?)eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, `$1${HIDDEN}`],
  [/\b(Bearer|Basic|Token)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  [/((?<![\w+.-])[\w+.-]*:\/\/)[^\s/@:]*:[^\s/@]+@/g, `$1${HIDDEN}@`],
  [/-----BEGIN [^-]*PRIVATE KEY-----[^]*?(?:-----END [^-]*PRIVATE KEY-----|$)/g, HIDDEN],
  [
    /((?:pass(?:word|wd)?|secret|token|api[-_]?key|access[-_]?key|signature)["']?\s*[=:]\s*["']?)[^\s"'&,;}]{3,}/gi,
    `$1${HIDDEN}`,
  ],
];

/** A text without what looks like a secret. */
export function redactText(text: string): string {
  let clean = text;
  for (const [shape, replacement] of SECRET_VALUES) clean = clean.replace(shape, replacement);
  return clean;
}

const DEEPEST = 12;

/**
 * A value of a workflow without its secrets: fields whose name says that they hold one, pairs of a name and a value of
 * which the name says it (headers, query parameters), and what looks like one anywhere.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (depth > DEEPEST) return typeof value === 'object' && value !== null ? '[…]' : value;
  if (Array.isArray(value)) return value.map((each) => redact(each, depth + 1));
  if (!isObject(value)) return value;
  const { name, key } = value;
  const names = [name, key].some((each) => typeof each === 'string' && SECRET_NAME.test(each));
  const entries = Object.entries(value).map(([field, inner]) => {
    const isSecret = SECRET_NAME.test(field) || (names && field === 'value');
    return [field, isSecret && !isHarmless(inner) ? HIDDEN : redact(inner, depth + 1)];
  });
  return Object.fromEntries(entries) as unknown;
}

/** Nothing can be kept secret in these. */
function isHarmless(value: unknown): boolean {
  return value === '' || value === null || value === undefined || typeof value === 'boolean';
}
