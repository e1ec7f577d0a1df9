import type { Schema } from '#shared/servers/resolve-refs.ts';

/** Reads a limit's value; undefined when it says nothing. */
type Read = (value: unknown) => number | undefined;

const anyNumber: Read = (value) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};
const above: Read = (value) => {
  const number = anyNumber(value);
  return number !== undefined && number > 0 ? number : undefined;
};
const count: Read = (value) => {
  const number = anyNumber(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
};

/** Keywords whose value is a number, and how it is read. */
export const limits: Readonly<Record<string, Read>> = Object.assign(Object.create(null) as Record<string, Read>, {
  minimum: anyNumber,
  maximum: anyNumber,
  exclusiveMinimum: anyNumber,
  exclusiveMaximum: anyNumber,
  multipleOf: above,
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  minProperties: count,
  maxProperties: count,
  minContains: count,
  maxContains: count,
});

/** Up to draft 4, `exclusiveMinimum: true` says of `minimum` that it does not count itself. */
export function modernLimits(schema: Schema): Schema {
  const modern = { ...schema };
  for (const [limit, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (typeof modern[exclusive] !== 'boolean') continue;
    if (modern[exclusive] && modern[limit] !== undefined) {
      modern[exclusive] = modern[limit];
      delete modern[limit];
    } else delete modern[exclusive];
  }
  return modern;
}
