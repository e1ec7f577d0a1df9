import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';
import { STATEFUL_META } from '#shared/ground/tool-meta.ts';
import type { ServerEntry } from '#shared/servers/entry.ts';
import { notOffering, type Offering } from '#shared/servers/offering.ts';
import { catalogueName } from '#shared/servers/tool-names.ts';
import { toolLeftOut } from './events.ts';
import { compileSchema } from './schema-check.ts';
import type { OfferedTool } from './toolbox.ts';

/** A tool of the catalogue, for whoever may use it. */
export interface ListedTool extends Omit<OfferedTool, 'permission'> {
  /** Its name in its server's own messages. */
  wireName: string;
}

const wireTool = z.object({
  name: z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/, 'names are 1 to 128 of A-Z a-z 0-9 _ . -'),
  title: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  inputSchema: z.looseObject({ type: z.literal('object') }),
  _meta: z.record(z.string(), z.unknown()).optional().catch(undefined),
  annotations: z
    .object({
      title: z.string().optional().catch(undefined),
      readOnlyHint: z.boolean().optional().catch(undefined),
      idempotentHint: z.boolean().optional().catch(undefined),
      openWorldHint: z.boolean().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** Characters of a description. A third-party server's is kept shorter, because it stands in every prompt. */
const maxDescription = { own: 8_000, foreign: 1_000 };
const maxTitle = 100;
const maxTools = 500;

/**
 * Reads a server's list of tools. A tool that cannot be used (because of its name or schema) is left out and logged,
 * and so is everything beyond the first 500. `offering`: what a domain of ours says of all its tools.
 */
export function readTools(
  server: string,
  entry: ServerEntry | undefined,
  listed: unknown[],
  offering: Offering = notOffering,
): ListedTool[] {
  const tools = new Map<string, ListedTool>();
  for (const item of listed.slice(0, maxTools)) {
    const label = String((item as { name?: unknown } | null)?.name);
    try {
      const tool = readTool(server, entry, wireTool.parse(item), offering);
      if (tools.has(tool.name)) throw new Error('its server has listed this name before');
      tools.set(tool.name, tool);
    } catch (error) {
      toolLeftOut(server, label, error instanceof z.ZodError ? z.prettifyError(error) : errorText(error));
    }
  }
  if (listed.length > maxTools) toolLeftOut(server, '*', `the server lists ${listed.length} tools`);
  return [...tools.values()];
}

function readTool(
  server: string,
  entry: ServerEntry | undefined,
  wire: z.output<typeof wireTool>,
  { core, keywords }: Offering,
): ListedTool {
  const { name, annotations, inputSchema } = wire;
  compileSchema(inputSchema);
  const own = entry === undefined || 'domain' in entry;
  const readOnly = annotations?.readOnlyHint === true;
  return {
    name: catalogueName(server, entry, name),
    wireName: name,
    domain: server,
    title: bounded(wire.title ?? annotations?.title ?? name, maxTitle),
    description: bounded(wire.description ?? '', own ? maxDescription.own : maxDescription.foreign),
    ...(own && { own, keywords, core: core.includes(name) }),
    inputSchema,
    readOnly,
    repeatable: readOnly || annotations?.idempotentHint === true,
    openWorld: annotations?.openWorldHint !== false,
    remembered: true,
    ...(own && wire._meta?.[STATEFUL_META] === true && { stateful: true }),
  };
}

function bounded(text: string, max: number): string {
  // A prompt may have line breaks and tabs, but no other control characters and no invisible ones.
  const clean = text
    .replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, '')
    .toWellFormed()
    .trim();
  return clean.length > max ? `${clean.slice(0, max - 1).toWellFormed()}…` : clean;
}
