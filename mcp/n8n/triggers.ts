import { shown } from '#mcp/words.ts';
import type { Node, Workflow } from './api.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** How a workflow is started from outside. */
export interface Trigger {
  kind: 'webhook' | 'chat';
  method: (typeof METHODS)[number];
  /** Below n8n's address. */
  path: string[];
  /** True when n8n answers before the workflow has ended. */
  answersAtOnce: boolean;
}

const WEBHOOK = 'n8n-nodes-base.webhook';
const CHAT = '@n8n/n8n-nodes-langchain.chatTrigger';

/** Triggers that nobody can pull from outside, with what they wait for. */
const OTHERS: Record<string, string> = {
  'n8n-nodes-base.manualTrigger': 'it is started by hand in n8n',
  'n8n-nodes-base.scheduleTrigger': 'it runs on a schedule',
  'n8n-nodes-base.cron': 'it runs on a schedule',
  'n8n-nodes-base.formTrigger': 'it waits for a form that a person fills in',
  'n8n-nodes-base.executeWorkflowTrigger': 'it is started by other workflows',
  'n8n-nodes-base.errorTrigger': 'it runs when another workflow fails',
};

/**
 * The trigger through which a workflow can be executed, or why it cannot be: n8n's public API starts none, so that one
 * with a webhook or a public chat is called as others call it.
 */
export function triggerOf({ active, liveNodes }: Pick<Workflow, 'active' | 'liveNodes'>): Trigger | string {
  const nodes = liveNodes.filter(({ disabled }) => !disabled);
  const found = nodes.filter(({ type }) => type === WEBHOOK || type === CHAT).map(readTrigger);
  const usable = found.find((each) => typeof each !== 'string');
  if (usable !== undefined) return active ? usable : 'it is not active (published in n8n)';
  const [reason] = found;
  if (typeof reason === 'string') return reason;
  const other = nodes.find(({ type }) => Object.hasOwn(OTHERS, type) || /trigger$/i.test(type));
  if (other === undefined) return 'it has no trigger';
  return OTHERS[other.type] ?? `it waits for ${shown(other.type.split('.').at(-1) ?? '')}`;
}

function readTrigger(node: Node): Trigger | string {
  const { authentication = 'none', path = node.webhookId, httpMethod = 'GET' } = node.parameters;
  if (authentication !== 'none') return `its ${node.type === CHAT ? 'chat' : 'webhook'} wants a login of its own`;
  if (node.type === CHAT) return readChat(node);
  if (typeof path !== 'string' || path === '') return 'its webhook has no path';
  const names = path.split('/').filter(Boolean);
  if (names.some((name) => name.startsWith(':'))) return 'the address of its webhook has changing parts';
  if (names.some((name) => name === '.' || name === '..' || /[={}]/.test(name))) return 'its webhook has an odd path';
  const methods = Array.isArray(httpMethod) ? httpMethod : [httpMethod];
  const method = [...METHODS].toSorted((a) => (a === 'POST' ? -1 : 1)).find((each) => methods.includes(each));
  if (method === undefined) return 'its webhook takes no usual method';
  const mode = node.parameters['responseMode'] ?? 'onReceived';
  return { kind: 'webhook', method, path: ['webhook', ...names], answersAtOnce: mode === 'onReceived' };
}

function readChat({ parameters, webhookId }: Node): Trigger | string {
  if (parameters['public'] !== true) return 'its chat is not public';
  if (!/^[\w-]{1,64}$/.test(webhookId)) return 'its chat has no address';
  return { kind: 'chat', method: 'POST', path: ['webhook', webhookId, 'chat'], answersAtOnce: false };
}
