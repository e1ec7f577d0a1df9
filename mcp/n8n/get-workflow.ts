import { z } from 'zod';
import { defineTool, type AnyTool } from '#mcp/kit.ts';
import type { Service } from '#mcp/http/service.ts';
import { printable, readable } from '#mcp/words.ts';
import { getWorkflow, type Node } from './api.ts';
import { redact, redactText } from './redact.ts';
import { triggerOf } from './triggers.ts';

const most = { nodes: 100, parameters: 1_000, text: 30_000 };

const output = z.object({
  id: z.string(),
  name: z.string(),
  active: z.boolean(),
  executable: z.boolean(),
  note: z.string().describe('How it is executed, or why it cannot be.'),
  nodes: z.array(
    z.object({ name: z.string(), type: z.string(), parameters: z.string(), credentials: z.array(z.string()) }),
  ),
  truncated: z.boolean(),
});

/** `n8n_get_workflow`: a workflow's nodes and how they hang together, without secrets. */
export function getWorkflowTool(api: Service): AnyTool {
  return defineTool({
    name: 'n8n_get_workflow',
    title: 'Look at a workflow',
    description: 'Shows the nodes and connections of a workflow of n8n. Secrets are left out.',
    input: z.object({ id: z.string().min(1).max(100).describe('As n8n_list_workflows shows it.') }),
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run({ id }, context) {
      const workflow = await getWorkflow(api, id, context);
      const trigger = triggerOf(workflow);
      const executable = typeof trigger !== 'string';
      const note = executable ? `it can be executed, by its ${trigger.kind}` : `it cannot be executed: ${trigger}`;
      const nodes = workflow.nodes.slice(0, most.nodes).map(readNode);
      const lines = [
        `${printable(workflow.name)} (${printable(workflow.id)}), ${workflow.active ? 'active' : 'inactive'}: ${note}`,
        ...nodes.map(nodeLine),
        ...workflow.arrows.slice(0, most.nodes * 2).map(([from, to]) => `${printable(from)} -> ${printable(to)}`),
      ];
      const text = readable(redactText(lines.join('\n')));
      const cut = text.length > most.text || workflow.nodes.length > most.nodes;
      const marker = cut ? `\n[Cut: ${workflow.nodes.length} nodes are too many to show whole.]` : '';
      return {
        data: {
          id: workflow.id,
          name: workflow.name,
          active: workflow.active,
          executable,
          note,
          nodes,
          truncated: cut,
        },
        text: text.slice(0, most.text).toWellFormed() + marker,
      };
    },
  });
}

interface ShownNode {
  name: string;
  type: string;
  parameters: string;
  credentials: string[];
}

function readNode({ name, type, parameters, credentials, disabled }: Node): ShownNode {
  const json = JSON.stringify(redact(parameters));
  return {
    name: name.slice(0, 200),
    type: `${type.slice(0, 200)}${disabled ? ' (disabled)' : ''}`,
    parameters: json.length > most.parameters ? `${json.slice(0, most.parameters).toWellFormed()}…` : json,
    // Whose they are may be known; what they hold is never sent by n8n.
    credentials: Object.entries(credentials).map(([kind, called]) => `${kind} "${called.slice(0, 100)}"`),
  };
}

function nodeLine({ name, type, parameters, credentials }: ShownNode): string {
  const login = credentials.length > 0 ? `, logs in with ${credentials.map(printable).join(', ')}` : '';
  return `- ${printable(name)} [${printable(type)}]${login} ${parameters}`;
}
