import { isObject } from '#shared/ground/objects.ts';

const HIDDEN = '[redacted]';

/** Names under which people keep what nobody else may see. */
const SECRET_NAME =
  /pass(?:[-_ ]?word|wd|phrase|code)|pass$|pwd|^(?:otp|pin|cvv|cvc)$|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|authori[sz]ation|credential|cookie|bearer|signature|^auth$/i;

/**
 * Values that are secrets wherever they stand: keys of known makers, JSON Web Tokens, logins in addresses, PEM. What may
 * be of any length begins where its letters begin, or else a long text of others would take time by its square.
 */
const SECRET_VALUES: readonly [RegExp, string][] = [
  [/\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[\w-]{8,}/g, HIDDEN],
  [
    /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|xapp-|AKIA|ASIA|AIza|ya29\.|SG\.|hf_|npm_|ntn_|lin_api_|dop_v1_|shp(?:at|ca|pa|ss)_)[\w.-]{8,}/g,
    HIDDEN,
  ],
  // Whoever knows the address of such a webhook, or of such a bot, may use it.
  [/(\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/gi, `$1${HIDDEN}`],
  [/(\bdiscord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/)\d+\/[\w-]+/gi, `$1${HIDDEN}`],
  [/\b(bot)?\d{6,12}:AA[\w-]{20,}/g, `$1${HIDDEN}`],
  [/(?<![\w-])((?:[\w-]{0,40}-)?)eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, `$1${HIDDEN}`],
  [/\b(Bearer|Basic|Token)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  [/((?<![\w+.-])[\w+.-]*:\/\/)[^\s/@:]*:[^\s/@]+@/g, `$1${HIDDEN}@`],
  [/-----BEGIN [^-]*PRIVATE KEY-----[^]*?(?:-----END [^-]*PRIVATE KEY-----|$)/g, HIDDEN],
  [/(\b(?:set-)?cookie:[ \t]*)[^\r\n]+/gi, `$1${HIDDEN}`],
  [/(\s(?:-u|--user)[ =]["']?[^\s:"']{1,64}:)[^\s"']+/g, `$1${HIDDEN}`],
  [/(<(?:\w{1,20}:)?(?:password|passwd|secret|token|api[-_]?key)>)[^<]{1,1000}(?=<)/gi, `$1${HIDDEN}`],
  // What stands in quotes is hidden whole, also where a text of JSON holds another one and its quotes are escaped.
  [
    /((?:pass(?:[-_ ]?word|wd|phrase|code)?|pwd|secret|token|api[-_ ]?key|access[-_ ]?key|signature|\bsig)(?:[-_]?(?:hash|value|\d{1,3}))?(?:\\*["'])?\s*[=:]\s*)(?:(\\*["'])(?:(?!\2)[^\r\n]){1,1000}\2|\\*["']?[^\s"'\\&,;}<]{3,})/gi,
    `$1$2${HIDDEN}$2`,
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
  if (Array.isArray(value))
    return value.map((each, at) => (isNamedBefore(value, at) ? HIDDEN : redact(each, depth + 1)));
  if (!isObject(value)) return value;
  const { name, key } = value;
  const names = [name, key].some((each) => typeof each === 'string' && SECRET_NAME.test(each));
  const entries = Object.entries(value).map(([field, inner]) => {
    const isSecret = SECRET_NAME.test(field) || (names && field === 'value');
    return [field, isSecret && !isHarmless(inner) ? HIDDEN : redact(inner, depth + 1)];
  });
  return Object.fromEntries(entries) as unknown;
}

/** Names and values in turn, as Node has the headers of a request (`rawHeaders`), or a pair. */
function isNamedBefore(list: readonly unknown[], at: number): boolean {
  const name = list[at - 1];
  const isValue = at % 2 === 1 && list.length % 2 === 0 && typeof list[at] === 'string';
  return isValue && typeof name === 'string' && name.length <= 60 && !/\s/.test(name) && SECRET_NAME.test(name);
}

/** Nothing can be kept secret in these. */
function isHarmless(value: unknown): boolean {
  return value === '' || value === null || value === undefined || typeof value === 'boolean';
}
