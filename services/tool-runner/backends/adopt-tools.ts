import type { Tool } from '@modelcontextprotocol/server';
import { errorText } from '#shared/ground/errors.ts';
import { isObject } from '#shared/ground/objects.ts';
import { toolDropped, toolRenamed } from '../events.ts';
import { adoptSchema } from './adopt-schema.ts';
import { withoutHeaderMarks, wrongHeaderMark } from './header-marks.ts';
import { legalNames } from './legal-names.ts';
import { plainText } from './text.ts';

const descriptionMax = 4_000;
const titleMax = 200;
const toolsMax = 200;

/** A tool as we pass it on. */
export interface AdoptedTool extends Tool {
  /** What its server is called with: its own name, and the schema with the marks that its server goes by. */
  own: Pick<Tool, 'name' | 'inputSchema'>;
}

/**
 * The tools of a server that is not ours, as we pass them on, under legal names. A tool that cannot be used is left out
 * and logged. Nothing in a definition is believed: names, texts and schemas are bounded, and annotations count only when
 * `trusted`.
 */
export function adoptTools(server: string, listed: readonly unknown[], trusted: boolean): AdoptedTool[] {
  const used = listed.slice(0, toolsMax).map((raw) => (isObject(raw) ? raw : {}));
  const names = legalNames(used.flatMap(({ name }) => (typeof name === 'string' ? [name] : [])));
  const adopted = new Map<string, AdoptedTool>();
  for (const fields of used) {
    const { name } = fields;
    const shown = typeof name === 'string' ? plainText(name, 80) : (JSON.stringify(name) ?? 'without a name');
    try {
      const legal = typeof name === 'string' ? names.get(name) : undefined;
      if (typeof name !== 'string' || legal === undefined) throw new Error('it has no name that can be used');
      if (adopted.has(legal)) throw new Error('another tool has its name');
      adopted.set(legal, adoptTool(legal, name, fields, trusted));
      if (legal !== name) toolRenamed(server, shown, legal);
    } catch (error) {
      toolDropped(server, shown, errorText(error));
    }
  }
  if (listed.length > toolsMax) toolDropped(server, '…', `only ${toolsMax} of ${listed.length} tools are used`);
  return [...adopted.values()];
}

function adoptTool(legal: string, name: string, fields: Record<string, unknown>, trusted: boolean): AdoptedTool {
  const { title, description, inputSchema: given, parameters, input_schema: snake, annotations, execution } = fields;
  if (isObject(execution) && execution['taskSupport'] === 'required')
    throw new Error('it can be called as a task alone (MCP 2025-11-25), which is not done here');
  const schema = adoptSchema(given ?? snake ?? parameters);
  const wrong = wrongHeaderMark(schema);
  if (wrong !== undefined) throw new Error(wrong);
  const shownTitle =
    typeof title === 'string' ? plainText(title, titleMax) : legal === name ? '' : plainText(name, titleMax);
  // An output schema is not passed on: a client that holds the server to it loses results that a model could read.
  return {
    name: legal,
    ...(shownTitle !== '' && { title: shownTitle }),
    ...(typeof description === 'string' && { description: plainText(description, descriptionMax) }),
    inputSchema: withoutHeaderMarks(schema) as Tool['inputSchema'],
    annotations: trusted ? believed(annotations) : suspected,
    own: { name, inputSchema: schema as Tool['inputSchema'] },
  };
}

/** What MCP says of a tool without annotations; all that is said of a server that is not trusted. */
export const suspected = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };

/** The annotations with MCP's defaults for absent hints. */
function believed(annotations: unknown): NonNullable<Tool['annotations']> {
  const hints = isObject(annotations) ? annotations : {};
  return {
    readOnlyHint: hints['readOnlyHint'] === true,
    destructiveHint: hints['destructiveHint'] !== false,
    idempotentHint: hints['idempotentHint'] === true,
    openWorldHint: hints['openWorldHint'] !== false,
  };
}
