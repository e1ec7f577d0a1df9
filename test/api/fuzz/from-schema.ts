import * as fc from 'fast-check';
import { pick } from '#test/sequences/random.ts';
import { below, chance, oddText, oddValue, type Random } from './values.ts';

/** What is read of a JSON Schema. */
export interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  not?: object;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema | boolean;
  minItems?: number;
  minLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
}

/** Beyond this depth only what must be there is made. */
const maxDepth = 6;

/** A value as the schema wants it. */
export function fitting(schema: Schema | boolean | undefined, random: Random, depth = 0): unknown {
  if (typeof schema !== 'object') return oddText(random);
  if ('const' in schema) return schema.const;
  if (schema.enum) return pick(schema.enum, random);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fitting(pick(choices, random), random, depth);
  if (schema.allOf) return fitting(schema.allOf[0], random, depth);
  const type = Array.isArray(schema.type) ? pick(schema.type, random) : schema.type;
  switch (type) {
    case 'string':
      return text(schema, random);
    case 'integer':
    case 'number':
      return number(schema, type, random);
    case 'boolean':
      return chance(0.5, random);
    case 'null':
      return null;
    case 'array': {
      const count = (schema.minItems ?? 0) + (depth < maxDepth ? below(3, random) : 0);
      return Array.from({ length: count }, () => fitting(schema.items, random, depth + 1));
    }
    case 'object':
      return object(schema, random, depth);
    default:
      return oddValue(random);
  }
}

function text({ pattern, minLength = 0 }: Schema, random: Random): string {
  if (pattern !== undefined) {
    const seed = below(2 ** 31, random);
    return fc.sample(fc.stringMatching(new RegExp(pattern)), { seed, numRuns: 1 })[0] ?? '';
  }
  const words = chance(0.3, random) ? oddText(random) : (pick(['hello', 'a b c', 'gpt-agent', 'auto'], random) ?? '');
  return words.padEnd(minLength, '.');
}

function number({ minimum, exclusiveMinimum, maximum }: Schema, type: string, random: Random): number {
  const least = Math.max(minimum ?? exclusiveMinimum ?? 0, -1_000);
  const most = Math.max(least, Math.min(maximum ?? 1_000, least + 2_000));
  const value = least + random() * (most - least);
  return type === 'integer' ? Math.round(value) : value;
}

function object(schema: Schema, random: Random, depth: number): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  const required = new Set(schema.required);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    if (member.not) continue;
    if (required.has(name) || (depth < maxDepth && chance(depth === 0 ? 0.2 : 0.4, random))) {
      made[name] = fitting(member, random, depth + 1);
    }
  }
  if (typeof schema.additionalProperties === 'object' && Object.keys(made).length === 0 && chance(0.7, random)) {
    made[pick(['a', 'type', oddText(random)], random) ?? 'a'] = fitting(schema.additionalProperties, random, depth + 1);
  }
  return made;
}

/** The same value with one place of it replaced, left out, doubled or joined by a stranger. */
export function broken(value: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(value);
  const places = placesIn(copy);
  const place = pick(places, random);
  if (!place) return oddValue(random);
  const { owner, name } = place;
  const way = below(5, random);
  if (way === 0 && !Array.isArray(owner)) delete owner[name];
  else if (way === 1 && Array.isArray(owner)) owner.push(owner[Number(name)], oddValue(random));
  else if (way === 1) (owner as Record<string, unknown>)[oddText(random)] = oddValue(random);
  else (owner as Record<string, unknown>)[name] = oddValue(random);
  return copy;
}

interface Place {
  owner: Record<string, unknown> | unknown[];
  name: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const owner = value as Record<string, unknown>;
  return Object.keys(owner).flatMap((name) => [{ owner, name }, ...placesIn(owner[name])]);
}
