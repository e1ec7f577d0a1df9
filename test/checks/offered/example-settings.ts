import { z } from 'zod';
import { variableMeta } from '#shared/ground/config.ts';

/**
 * A domain's variables that have no default, each with the example of its own `.meta()`: with these it has all its
 * tools. Throws Error for a required one without an example.
 */
export function exampleSettings(domain: string, schema: z.ZodObject): Record<string, string> {
  const examples = Object.keys(schema.shape).flatMap((name) => {
    const unset = z.safeParse(schema.shape[name] as z.ZodType, undefined);
    const { example } = variableMeta(schema, name);
    if (!unset.success && example === undefined)
      throw new Error(`mcp/${domain}/domain.ts: ${name} has no default and no example. Add .meta({ example: '…' }).`);
    const isSet = unset.success && unset.data !== undefined;
    return isSet || example === undefined ? [] : [[name, example] as const];
  });
  return Object.fromEntries(examples);
}
