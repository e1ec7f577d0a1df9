import { redact } from '#shared/process/log.ts';
import type { ServerEntry } from '#shared/servers/entry.ts';
import { variableReference } from '#shared/servers/reference.ts';
import { isSecretName, referringValues } from '#shared/servers/variables.ts';

/** A secret that stands in an entry in plain text. */
export interface PlainSecret {
  /** The place: `env.API_KEY`, `headers.Authorization`, `args[1]`. */
  where: string;
  /** The variable that could replace it, and the text that would be written instead. */
  variable: string;
  instead: string;
}

/** Finds what looks like a secret in an entry and stands there in plain text instead of as `${NAME}`. */
export function plainSecrets(name: string, entry: ServerEntry): PlainSecret[] {
  const place = 'url' in entry ? 'headers' : 'env';
  const prefix = name.toUpperCase().replaceAll('-', '_');
  const named = Object.entries(referringValues(entry)).flatMap(([key, value]) => {
    if (!isPlainSecret(key, value)) return [];
    const scheme = /^(?:Bearer|Basic|Bot|Token) +/i.exec(value)?.[0] ?? '';
    const variable = place === 'env' ? key : `${prefix}_TOKEN`;
    return [{ where: `${place}.${key}`, variable, instead: `${scheme}\${${variable}}` }];
  });
  return [...named, ...secretArguments(prefix, 'url' in entry ? [entry.url] : entry.args, 'url' in entry)];
}

function isPlainSecret(key: string, value: string): boolean {
  if (value === '' || value.search(variableReference) !== -1) return false;
  return /url$/i.test(key) ? redact(value) !== value : isSecretName(key) || redact(value) !== value;
}

function secretArguments(prefix: string, texts: string[], isUrl: boolean): PlainSecret[] {
  return texts.flatMap((text, at) => {
    const where = isUrl ? 'url' : `args[${at}]`;
    if (!isSecretText(text, isUrl ? undefined : texts[at - 1])) return [];
    return [{ where, variable: `${prefix}_SECRET`, instead: `\${${prefix}_SECRET}` }];
  });
}

function isSecretText(text: string, before: string | undefined): boolean {
  if (text.search(variableReference) !== -1) return false;
  if (redact(text) !== text || optionIsSecret(before)) return true;
  const [, option, value] = /^(-[\w-]+)=(.+)$/.exec(text) ?? [];
  return value !== undefined && optionIsSecret(option);
}

function optionIsSecret(option: string | undefined): boolean {
  return option !== undefined && /^--?[\w-]+$/.test(option) && isSecretName(option) && !/url$/i.test(option);
}

/** An entry's command or address for people, without what looks like a secret. */
export function shownTarget(entry: ServerEntry): string {
  // Some services put a key into the path or the query.
  if ('url' in entry) return URL.canParse(entry.url) ? new URL(entry.url).origin : '${…}';
  const args = entry.args.map((text, at) => (isSecretText(text, entry.args[at - 1]) ? '[hidden]' : text));
  return [entry.command, ...args].join(' ');
}
