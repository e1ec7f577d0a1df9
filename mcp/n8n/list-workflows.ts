import { z } from 'zod';
import { defineTool, type AnyTool, type ToolContext } from '#mcp/kit.ts';
import type { Service } from '#mcp/http/service.ts';
import { printable } from '#mcp/words.ts';
import { listWorkflows, type Workflow } from './api.ts';
import { triggerOf } from './triggers.ts';

const MOST = 200;

const output = z.object({
  workflows: z.array(
    z.object({ id: z.string(), name: z.string(), active: z.boolean(), executable: z.boolean(), note: z.string() }),
  ),
  truncated: z.boolean(),
});

/** `n8n_list_workflows`: the workflows, and which of them can be executed from here. */
export function listWorkflowsTool(api: Service): AnyTool {
  return defineTool({
    name: 'n8n_list_workflows',
    title: 'List workflows',
    description: 'Lists the workflows of n8n, and which of them n8n_execute_workflow can run.',
    input: z.object({}),
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(_args, context) {
      const { workflows, truncated } = await readAll(api, context);
      const rows = workflows.map((workflow) => {
        const trigger = triggerOf(workflow);
        const executable = typeof trigger !== 'string';
        const note = executable ? `can be executed (${trigger.kind})` : `cannot be executed: ${trigger}`;
        return { id: workflow.id, name: workflow.name.slice(0, 200), active: workflow.active, executable, note };
      });
      const lines = rows.map(
        ({ id, name, active, note }) =>
          `${printable(id)} | ${printable(name)} | ${active ? 'active' : 'inactive'} | ${note}`,
      );
      if (truncated) lines.push(`[Cut: the first ${MOST} are shown. n8n_get_workflow takes the id of any.]`);
      return { data: { workflows: rows, truncated }, text: lines.join('\n') || 'There are no workflows.' };
    },
  });
}

async function readAll(api: Service, context: ToolContext): Promise<{ workflows: Workflow[]; truncated: boolean }> {
  const workflows: Workflow[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await listWorkflows(api, cursor, context);
    workflows.push(...page.workflows);
    // A server that names the same place again would lead in circles.
    cursor = page.next !== undefined && !seen.has(page.next) ? page.next : undefined;
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined && workflows.length < MOST && seen.size < MOST);
  return { workflows: workflows.slice(0, MOST), truncated: cursor !== undefined || workflows.length > MOST };
}
