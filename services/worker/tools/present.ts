import type { ChatTool } from '../gateway/chat.ts';
import type { Family } from '../gateway/families.ts';
import { presentedName } from '#shared/servers/presented-name.ts';
import { portableSchema } from './portable-schema.ts';
import type { OfferedTool } from './toolbox.ts';

/** OpenAI takes no longer descriptions. */
const maxDescription = 1_024;

const converted = new WeakMap<object, Map<Family, Record<string, unknown>>>();

const presented = new WeakMap<OfferedTool[], Map<Family, ChatTool[]>>();

/**
 * The tools as providers of this family take them, sorted by name; see `findTool` for the way back from a name. An offer
 * is the same list for many questions: what was made of it is remembered.
 */
export function present(tools: OfferedTool[], family: Family): ChatTool[] {
  const forms = presented.get(tools) ?? new Map<Family, ChatTool[]>();
  presented.set(tools, forms);
  const known = forms.get(family) ?? presentTo(tools, family);
  forms.set(family, known);
  return known;
}

function presentTo(tools: OfferedTool[], family: Family): ChatTool[] {
  return tools
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((tool) => ({
      type: 'function',
      function: {
        name: presentedName(tool.name),
        description: (tool.description || tool.title).slice(0, maxDescription).toWellFormed(),
        parameters: schemaFor(tool.inputSchema, family),
      },
    }));
}

/** Schemas live as long as a server's list; converting them for each question would cost more than the question. */
function schemaFor(schema: Record<string, unknown>, family: Family): Record<string, unknown> {
  const forms = converted.get(schema) ?? new Map<Family, Record<string, unknown>>();
  converted.set(schema, forms);
  const known = forms.get(family) ?? portableSchema(schema, family);
  forms.set(family, known);
  return known;
}
