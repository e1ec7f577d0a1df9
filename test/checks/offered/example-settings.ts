import { z } from 'zod';
import { variableMeta } from '#shared/ground/config.ts';

/**
 * A domain's variables that have no default, each with the example of its own `.meta()`. Throws Error for one that has
 * none.
 */
export function exampleSettings(domain: string, schema: z.ZodObject): Record<string, string> {
  const required = Object.keys(schema.shape).filter(
    (name) => !z.safeParse(schema.shape[name] as z.ZodType, undefined).success,
  );
  return Object.fromEntries(
    required.map((name) => {
      const { example } = variableMeta(schema, name);
      if (example !== undefined) return [name, example];
      throw new Error(`mcp/${domain}/domain.ts: ${name} has no default and no example. Add .meta({ example: '…' }).`);
    }),
  );
}
