import type { Tool } from '@modelcontextprotocol/server';
import { errorText } from '#shared/ground/errors.ts';
import { toolDropped } from '../events.ts';
import { adoptSchema } from './adopt-schema.ts';
import { plainText } from './text.ts';

/** MCP's characters for names, in a length that all models accept together with our prefix. */
const toolName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
const descriptionMax = 4_000;
const titleMax = 200;
const toolsMax = 200;

/**
 * The tools of a server that is not ours, as we pass them on. A tool that cannot be used is left out and logged.
 * Nothing in a definition is believed: names, texts and schemas are bounded, and annotations count only when `trusted`.
 */
export function adoptTools(server: string, listed: readonly unknown[], trusted: boolean): Tool[] {
  const adopted = new Map<string, Tool>();
  for (const raw of listed.slice(0, toolsMax)) {
    const fields = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
    const name = fields['name'];
    const shown = typeof name === 'string' ? plainText(name, 80) : String(name);
    try {
      if (typeof name !== 'string' || !toolName.test(name))
        throw new Error('its name has other characters or is too long');
      if (adopted.has(name)) throw new Error('another tool has its name');
      adopted.set(name, adoptTool(name, fields, trusted));
    } catch (error) {
      toolDropped(server, shown, errorText(error));
    }
  }
  if (listed.length > toolsMax) toolDropped(server, '…', `only ${toolsMax} of ${listed.length} tools are used`);
  return [...adopted.values()];
}

function adoptTool(name: string, fields: Record<string, unknown>, trusted: boolean): Tool {
  const { title, description, inputSchema, outputSchema, annotations } = fields;
  return {
    name,
    ...(typeof title === 'string' && { title: plainText(title, titleMax) }),
    ...(typeof description === 'string' && { description: plainText(description, descriptionMax) }),
    inputSchema: adoptSchema(inputSchema) as Tool['inputSchema'],
    ...adoptOutput(outputSchema),
    annotations: trusted ? believed(annotations) : suspected,
  };
}

/** A tool works without an output schema, so that an unusable one does not cost the tool. */
function adoptOutput(schema: unknown): Pick<Tool, 'outputSchema'> {
  try {
    return schema === undefined ? {} : { outputSchema: adoptSchema(schema) };
  } catch {
    return {};
  }
}

const suspected = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };

/** The annotations with MCP's defaults for absent hints. */
function believed(annotations: unknown): NonNullable<Tool['annotations']> {
  const hints = typeof annotations === 'object' && annotations !== null ? (annotations as Record<string, unknown>) : {};
  return {
    readOnlyHint: hints['readOnlyHint'] === true,
    destructiveHint: hints['destructiveHint'] !== false,
    idempotentHint: hints['idempotentHint'] === true,
    openWorldHint: hints['openWorldHint'] !== false,
  };
}
