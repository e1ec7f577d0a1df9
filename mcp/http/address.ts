import { z } from 'zod';

/** Where an HTTP service is, and what must never be shown of it. */
export interface Address {
  /** Without user and password; its path ends in "/". */
  base: URL;
  authorization: string | undefined;
  /** A text of the service without our credentials, which a careless one may repeat. */
  scrub(text: string): string;
}

/** The setting of a service's address. User and password in it become a header. */
export function addressSetting(example: string): z.ZodType<string | undefined, string | undefined> {
  return z
    .url({ protocol: /^https?$/, error: `must look like ${example}` })
    .refine((url) => !/[?#]/.test(url), 'must have neither ? nor #: it is the address that paths are added to')
    .optional();
}

/** `secrets`: what else must never be shown, such as a token that goes into a header. */
export function readAddress(url: string, secrets: readonly string[] = []): Address {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const [user, password] = [decoded(base.username), decoded(base.password)];
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  const hasLogin = user !== '' || password !== '';
  const hidden = hasLogin ? [password, base.password, basic, ...secrets] : secrets;
  base.username = '';
  base.password = '';
  return {
    base,
    authorization: hasLogin ? `Basic ${basic}` : undefined,
    scrub: (text) => scrub(text, hidden),
  };
}

/** A shorter text would be found everywhere. */
const SHORTEST_SECRET = 4;

function scrub(text: string, hidden: readonly string[]): string {
  let clean = text;
  for (const secret of hidden) {
    if (secret.length < SHORTEST_SECRET) continue;
    for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]))
      clean = clean.replaceAll(form, '[redacted]');
  }
  return clean;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
