import { z } from 'zod';

// Members that chat completions and Responses have in common.

export const mustBe = (what: string) => ({ error: `must be ${what}` });

/** Libraries write `null` for what they leave out, also further inside than `checkBody` looks. */
export function orNull<S extends z.ZodType>(schema: S) {
  return schema.nullish().transform((value) => value ?? undefined);
}

export const plainName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -');

/** How closely a picture is looked at. Only OpenAI knows `original`. */
export const imageDetail = orNull(
  z
    .enum(['auto', 'low', 'high', 'original'])
    .transform((detail) => (detail === 'original' ? ('high' as const) : detail)),
);

/** What OpenAI says of an answer in JSON: in chat completions in a member of its own, in Responses beside the type. */
export const jsonFormat = {
  name: plainName,
  description: z.string().nullish(),
  strict: z.boolean().nullish(),
};
/** The schema of such an answer. Whether it is a valid one is known to the model's provider. */
export const jsonFormatSchema = z.record(z.string(), z.unknown());

/** As many and as long as OpenAI takes them. */
export const metadata = z
  .record(z.string(), z.string().max(512, 'may have at most 512 characters'), mustBe('texts by name'))
  .superRefine((texts, context) => {
    const names = Object.keys(texts);
    if (names.length > 16) context.addIssue({ code: 'custom', message: 'may hold at most 16 texts' });
    if (names.some((name) => name.length > 64)) {
      context.addIssue({ code: 'custom', message: 'may have names of at most 64 characters' });
    }
  });

export const tokens = z.number().int().min(1, 'must be at least 1');

/** Probabilities of tokens are not available: neither protocol may ask for any. */
export const noTopLogprobs = z.literal(0, mustBe('0: probabilities of tokens are not available')).optional();
