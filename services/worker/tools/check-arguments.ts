import type { ErrorObject } from 'ajv';
import { errorText } from '#shared/ground/errors.ts';
import { readArguments } from '../gateway/calls/arguments-text.ts';
import { compileSchema } from './schema-check.ts';
import type { CheckedArguments, OfferedTool } from './toolbox.ts';

const coercionRounds = 4;
const toldProblems = 4;

/**
 * Parses and checks what the model wrote as a tool's arguments. Values that only have the wrong form ("5" for 5, null
 * for an argument that may be left out, an object as JSON text) are corrected where nothing can be lost. `problem` is a
 * sentence for the model: which argument, what is wrong, what is expected.
 */
export function checkArguments(tool: OfferedTool, text: string): CheckedArguments {
  const parsed = parseObject(text);
  if (typeof parsed === 'string') return { ok: false, problem: `${parsed} ${expected(tool.inputSchema)}` };
  try {
    return checkParsed(tool, parsed);
  } catch (error) {
    // A schema that is a part of itself in place has no end. The server checks its arguments, too.
    if (error instanceof RangeError) return { ok: true, value: parsed };
    throw error;
  }
}

function checkParsed(tool: OfferedTool, parsed: Record<string, unknown>): CheckedArguments {
  const check = compileSchema(tool.inputSchema);
  for (let round = 0; round < coercionRounds; round += 1) {
    if (check(parsed)) return { ok: true, value: parsed };
    if (!(check.errors ?? []).some((error) => coerce(parsed, error))) break;
  }
  if (check(parsed)) return { ok: true, value: parsed };
  const told = [...new Set((check.errors ?? []).map((error) => describe(error, tool)))].filter((one) => one !== '');
  const problems = told.slice(0, toldProblems).join('; ');
  return { ok: false, problem: `Wrong arguments for ${tool.name}: ${problems}. ${expected(tool.inputSchema)}` };
}

function parseObject(text: string): Record<string, unknown> | string {
  const read = readArguments(text);
  if (read) return read;
  try {
    return `The arguments must be one JSON object, not ${kindOf(JSON.parse(text))}.`;
  } catch (error) {
    return `The arguments are not valid JSON (${errorText(error).slice(0, 200)}). Write them as one JSON object.`;
  }
}

function expected(schema: Record<string, unknown>): string {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, { type?: unknown }>);
  if (properties.length === 0) return 'It takes no arguments: {}.';
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const list = properties
    .slice(0, 30)
    .map(([name, property]) => `${name}${required.has(name) ? '' : '?'}: ${typeText(property?.type)}`);
  return `The arguments are {${list.join(', ')}}.`;
}

function typeText(type: unknown): string {
  if (Array.isArray(type)) return type.join(' or ');
  return typeof type === 'string' ? type : 'any';
}

function describe(error: ErrorObject, tool: OfferedTool): string {
  const at = placeOf(error);
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return `${join(at, String(params['missingProperty']))} is missing`;
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
      const known = Object.keys(tool.inputSchema['properties'] ?? {});
      return `there is no argument ${JSON.stringify(join(at, name).slice(0, 100))}${at === '' ? ` (there are: ${known.join(', ')})` : ''}`;
    }
    case 'type':
      return `${at || 'it'} must be ${typeText(params['type'])}, not ${shown(error.data)}`;
    case 'enum':
      return `${at} must be one of ${(params['allowedValues'] as unknown[]).slice(0, 20).map(shown).join(', ')}, not ${shown(error.data)}`;
    case 'const':
      return `${at} must be ${shown(params['allowedValue'])}, not ${shown(error.data)}`;
    case 'if':
      return '';
    default:
      return `${at || 'the object'} ${error.message ?? `breaks "${error.keyword}"`}, but is ${shown(error.data)}`;
  }
}

function placeOf(error: ErrorObject): string {
  return pathOf(error).join('.');
}

/** Reads a JSON pointer (RFC 6901). */
function pathOf(error: ErrorObject): string[] {
  return error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/** Puts one value into the expected form, if that loses nothing. Returns true when it changed something. */
function coerce(root: Record<string, unknown>, error: ErrorObject): boolean {
  if (error.keyword !== 'type') return false;
  const path = pathOf(error);
  const name = path.at(-1);
  const parent = path.slice(0, -1).reduce<unknown>((value, part) => (value as Record<string, unknown>)?.[part], root);
  if (name === undefined || typeof parent !== 'object' || parent === null) return false;
  const owner = parent as Record<string, unknown>;
  // Several errors may be about one value, which may already be corrected.
  if (!Object.hasOwn(owner, name) || owner[name] !== error.data) return false;
  if (error.data === null && !Array.isArray(owner)) {
    delete owner[name];
    return true;
  }
  const types = [(error.params as { type: string | string[] }).type].flat();
  for (const type of types) {
    const value = asType(type, error.data);
    if (value === undefined) continue;
    owner[name] = value;
    return true;
  }
  return false;
}

function asType(type: string, value: unknown): unknown {
  if (type === 'string') return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  switch (type) {
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'number':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined;
    case 'array':
    case 'object':
      return parsedAs(type, text);
    default:
      return undefined;
  }
}

function parsedAs(type: 'array' | 'object', text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    return Array.isArray(value) === (type === 'array') ? value : undefined;
  } catch {
    return undefined;
  }
}
