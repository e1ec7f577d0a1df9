import { z } from 'zod';
import { plainName } from '../chat/members.ts';
import { issueWords } from '../http/issue-words.ts';
import { jsonSchemaOf } from '../http/json-schema.ts';

const functionTool = z.object({
  type: z.literal('function'),
  name: plainName,
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});
type FunctionTool = z.output<typeof functionTool>;

/** Functions under a common name, as Codex groups some of its own. */
const namespaceTool = z.object({
  type: z.literal('namespace'),
  name: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 letters, digits, _ or -'),
  description: z.string().nullish(),
  tools: z.array(functionTool).max(128),
});

/** Searching at OpenAI. Programs offer it beside their own tools without a question, and can do without. */
const searchTool = z.looseObject({ type: z.string().regex(/^web_search/) });

const known = { function: functionTool, namespace: namespaceTool };
/** Tools that OpenAI runs itself are not to be had here; the server's own need not be named. */
const tool = z
  .unknown()
  .meta(jsonSchemaOf(z.union([functionTool, namespaceTool, searchTool])))
  .transform((value, context) => {
    const given = (value as { type?: unknown } | null)?.type;
    const type = typeof given === 'string' ? given.slice(0, 60) : 'this';
    const schema = Object.hasOwn(known, type) ? known[type as keyof typeof known] : searchTool;
    const parsed = schema.safeParse(value, { error: issueWords });
    if (parsed.success) return parsed.data;
    if (schema === searchTool) {
      context.addIssue({ code: 'custom', path: ['type'], message: `${type} is not available here, only function` });
    } else for (const issue of parsed.error.issues) context.addIssue(issue as Parameters<typeof context.addIssue>[0]);
    return z.NEVER;
  });

/** The member `tools` of a request. Alone, a search that does not exist here is refused; beside others it is left out. */
export const toolsSchema = z
  .array(tool)
  .max(128, 'may hold at most 128 tools')
  .superRefine((tools, context) => {
    const search = tools.findIndex(isSearch);
    if (search === -1 || tools.some((each) => !isSearch(each))) return;
    const message = `${tools[search]?.type} is not available here, only function`;
    context.addIssue({ code: 'custom', path: [search, 'type'], message });
  })
  .default([]);
export type WireTool = z.output<typeof tool>;

function isSearch({ type }: { type: string }): boolean {
  return type.startsWith('web_search');
}

/** A function as the model is offered it, and as the client knows it. */
interface NamedFunction extends FunctionTool {
  own: { name: string; namespace?: string };
}

/** All functions of a request; those of a namespace under a name of their own. */
export function functionsOf(tools: WireTool[]): NamedFunction[] {
  return tools.flatMap((each): NamedFunction[] => {
    if ('tools' in each && each.type === 'namespace') {
      const { name: namespace, tools: inner } = each as z.output<typeof namespaceTool>;
      return inner.map((one) => ({
        ...one,
        name: flatName(namespace, one.name),
        own: { name: one.name, namespace },
      }));
    }
    return isSearch(each) ? [] : [{ ...(each as FunctionTool), own: { name: (each as FunctionTool).name } }];
  });
}

/** What the response says of them: those that were left out are not among them. */
export function shownTools(tools: WireTool[]): object[] {
  return tools
    .filter((each) => !isSearch(each))
    .map((each) =>
      each.type === 'function' ? { description: null, parameters: null, strict: null, ...each } : (each as object),
    );
}

export function leftOutOf(tools: WireTool[]): string[] {
  return tools.filter(isSearch).map(({ type }) => type);
}

export function flatName(namespace: string | null | undefined, name: string): string {
  return namespace ? `${namespace}__${name}`.slice(0, 64) : name;
}
