import { isObject } from '#shared/ground/objects.ts';
import { ToolError, type ToolContext } from '#mcp/kit.ts';
import { Refusal, Stranger } from '#mcp/http/failures.ts';
import type { Service } from '#mcp/http/service.ts';
import { shown } from '#mcp/words.ts';

type Context = Pick<ToolContext, 'signal'>;
type Fields = Record<string, unknown>;

export interface Node {
  name: string;
  type: string;
  disabled: boolean;
  parameters: Fields;
  /** Kinds of credentials, with the names that people gave them. */
  credentials: Record<string, string>;
  webhookId: string;
}

export interface Workflow {
  id: string;
  name: string;
  active: boolean;
  updated: string;
  nodes: Node[];
  /** Those that run when somebody triggers it: of the version that was published. */
  liveNodes: Node[];
  /** From which node to which. */
  arrows: [from: string, to: string][];
}

export interface Execution {
  id: string;
  /** Such as success, error, running, waiting, canceled, crashed. */
  status: string;
  mode: string;
}

const PAGE = 25;

/** A page of the workflows that are not archived (n8n's public API v1, `GET /workflows`). */
export function listWorkflows(
  api: Service,
  cursor: string | undefined,
  context: Context,
): Promise<{ workflows: Workflow[]; next: string | undefined }> {
  const query = { limit: PAGE, excludePinnedData: 'true', cursor };
  return api.ask({ path: ['api', 'v1', 'workflows'], query }, context, (answer) => {
    const { items, next } = pageOf(answer);
    return { workflows: items.filter((item) => item['isArchived'] !== true).map(readWorkflow), next };
  });
}

/** Throws ToolError when there is none of that id. */
export async function getWorkflow(api: Service, id: string, context: Context): Promise<Workflow> {
  // Ids are letters and digits; nothing else is sent.
  if (!/^[\w-]{1,64}$/.test(id)) throw noWorkflow(id);
  try {
    const question = { path: ['api', 'v1', 'workflows', id], query: { excludePinnedData: 'true' } };
    return await api.ask(question, context, (answer) => {
      if (!isObject(answer) || typeof answer['id'] !== 'string') throw new Stranger('JSON that is no workflow');
      return readWorkflow(answer);
    });
  } catch (error) {
    const { cause } = error as ToolError;
    if (cause instanceof Refusal && cause.status === 404) throw noWorkflow(id);
    throw error;
  }
}

function noWorkflow(id: string): ToolError {
  return new ToolError(`There is no workflow with the id ${shown(id)}. n8n_list_workflows shows which there are.`);
}

/** The newest executions of a workflow, the newest first; also those that still run. */
export async function newestExecutions(api: Service, workflowId: string, context: Context): Promise<Execution[]> {
  const ask = (more: Record<string, string>) =>
    api.ask({ path: ['api', 'v1', 'executions'], query: { workflowId, limit: 10, ...more } }, context, (answer) =>
      pageOf(answer).items.map(readExecution),
    );
  const [ended, running] = await Promise.all([ask({}), ask({ status: 'running' })]);
  const all = new Map([...ended, ...running].map((execution) => [execution.id, execution]));
  return [...all.values()].toSorted((a, b) => Number(b.id) - Number(a.id));
}

export interface ExecutionResult extends Execution {
  /** What went wrong, and in which node. */
  error: string | undefined;
  /** What the last node gave. */
  output: unknown[];
}

export function getExecution(api: Service, id: string, context: Context): Promise<ExecutionResult> {
  const question = { path: ['api', 'v1', 'executions', id], query: { includeData: 'true' } };
  return api.ask(question, context, (answer) => {
    if (!isObject(answer)) throw new Stranger('JSON that is no execution');
    const result = fieldsOf(fieldsOf(answer['data'])['resultData']);
    return { ...readExecution(answer), error: errorOf(result), output: outputOf(result) };
  });
}

export function stopExecution(api: Service, id: string, context: Context): Promise<void> {
  return api.ask({ path: ['api', 'v1', 'executions', id, 'stop'], method: 'POST', body: {} }, context, () => undefined);
}

function errorOf(result: Fields): string | undefined {
  const { message, node } = fieldsOf(result['error']);
  if (typeof message !== 'string') return undefined;
  const { name } = fieldsOf(node);
  return typeof name === 'string' ? `${message} (node ${shown(name)})` : message;
}

function outputOf(result: Fields): unknown[] {
  const last = result['lastNodeExecuted'];
  const runs = typeof last === 'string' ? fieldsOf(result['runData'])[last] : undefined;
  const run = Array.isArray(runs) ? fieldsOf(runs.at(-1)) : {};
  const main = fieldsOf(run['data'])['main'];
  const outputs = Array.isArray(main) ? (main as unknown[]).filter((each) => Array.isArray(each)) : [];
  return outputs.flat().map((item) => fieldsOf(item)['json'] ?? null);
}

function pageOf(answer: unknown): { items: Fields[]; next: string | undefined } {
  const { data, nextCursor } = fieldsOf(answer);
  if (!Array.isArray(data)) throw new Stranger('JSON without a list');
  return {
    items: data.filter(isObject),
    next: typeof nextCursor === 'string' && nextCursor !== '' ? nextCursor : undefined,
  };
}

function readExecution(item: Fields): Execution {
  return { id: textOf(item['id']), status: textOf(item['status']) || 'unknown', mode: textOf(item['mode']) };
}

function readWorkflow(item: Fields): Workflow {
  const { nodes: live } = fieldsOf(item['activeVersion']);
  const nodes = readNodes(item['nodes']);
  return {
    id: textOf(item['id']),
    name: textOf(item['name']),
    active: item['active'] === true,
    updated: textOf(item['updatedAt']),
    nodes,
    liveNodes: Array.isArray(live) ? readNodes(live) : nodes,
    arrows: arrowsOf(fieldsOf(item['connections'])),
  };
}

function readNodes(value: unknown): Node[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((node) => ({
    name: textOf(node['name']),
    type: textOf(node['type']),
    disabled: node['disabled'] === true,
    parameters: fieldsOf(node['parameters']),
    credentials: Object.fromEntries(
      Object.entries(fieldsOf(node['credentials'])).map(([kind, value_]) => [kind, textOf(fieldsOf(value_)['name'])]),
    ),
    webhookId: textOf(node['webhookId']),
  }));
}

function arrowsOf(connections: Fields): [string, string][] {
  return Object.entries(connections).flatMap(([from, outputs]) =>
    Object.values(fieldsOf(outputs))
      .flat(2)
      .flatMap((target) => {
        const { node } = fieldsOf(target);
        return typeof node === 'string' ? [[from, node] as [string, string]] : [];
      }),
  );
}

function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** Ids are numbers in some versions. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
