import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { variableMeta } from '#shared/ground/config.ts';

export interface Variable {
  name: string;
  description: string;
  /** The default as it would be written; undefined when there is none. */
  defaultValue: string | undefined;
  example: string | undefined;
  required: boolean;
  secret: boolean;
}

export interface Section {
  /** The file that reads them, relative to the repository. */
  source: string;
  variables: Variable[];
}

const root = path.resolve(import.meta.dirname, '../..');
const sources = ['services/*/config.ts', 'litellm/*/config.ts', 'mcp/*/domain.ts'];

/** Every configuration in the repository, with the file that declares it. */
export async function readSchemas(): Promise<{ source: string; schema: z.ZodObject }[]> {
  const files = globSync(sources, { cwd: root }).toSorted();
  const found = await Promise.all(
    files.map(async (source) => {
      const module = (await import(path.join(root, source))) as Record<string, unknown>;
      const schemas = Object.values(module).filter((value) => value instanceof z.ZodObject);
      return schemas.map((schema) => ({ source, schema }));
    }),
  );
  return found.flat();
}

/** Every variable of every configuration in the repository, by the file that declares it. */
export async function readSections(): Promise<Section[]> {
  return (await readSchemas()).map(({ source, schema }) => ({ source, variables: variablesOf(schema) }));
}

function variablesOf(schema: z.ZodObject): Variable[] {
  return Object.entries(schema.shape).map(([name, type]) => {
    const { description = '', secret = false, example } = variableMeta(schema, name);
    const given = defaultOf(type);
    const required = given === undefined && !z.safeParse(type as z.ZodType, undefined).success;
    return {
      name,
      description: description.replace(/\.$/, ''),
      defaultValue: written(given),
      example,
      required,
      secret,
    };
  });
}

function written(value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The default, which may be inside wrappers. */
function defaultOf(type: unknown): unknown {
  for (let inner = type; inner instanceof z.ZodType;) {
    const def = inner.def as { defaultValue?: unknown; innerType?: unknown; in?: unknown };
    if (def.defaultValue !== undefined) return def.defaultValue;
    inner = def.innerType ?? def.in;
  }
  return undefined;
}

/** As it is now: `npm run generate` writes it before what follows from it. */
function composeText(): string {
  return readFileSync(path.join(root, 'compose.yaml'), 'utf8');
}

interface ComposeFile {
  services: Record<string, { environment?: Record<string, unknown> }>;
}

/** Variables that `docker compose` takes from .env: it interpolates them, or passes them to a container as they are. */
export function takenByCompose(): Set<string> {
  const text = composeText();
  const { services } = parse(text, { merge: true }) as ComposeFile;
  const handedOn = Object.values(services).flatMap(({ environment = {} }) =>
    Object.entries(environment).flatMap(([name, value]) => (value === null ? [name] : [])),
  );
  const interpolated = [...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)/g)].flatMap(([, name]) => name ?? []);
  return new Set([...handedOn, ...interpolated]);
}

/** Variables that only compose.yaml reads, with their defaults there. */
export function composeVariables(known: ReadonlySet<string>): { name: string; defaultValue: string }[] {
  const found = new Map(
    [...composeText().matchAll(/\$\{([A-Z][A-Z0-9_]*)(?::?-([^}]*))?\}/g)].map((m) => [m[1], m[2] ?? '']),
  );
  return [...found]
    .flatMap(([name, defaultValue]) => (name && !known.has(name) ? [{ name, defaultValue }] : []))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
