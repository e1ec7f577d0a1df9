import { z } from 'zod';
import { addressSetting, readAddress } from '#mcp/http/address.ts';
import { createService, type Service } from '#mcp/http/service.ts';
import type { Domain } from '#mcp/kit.ts';
import { createRoom } from '#mcp/room.ts';
import { roomFor } from '#shared/ground/memory.ts';
import { listWorkflows } from './api.ts';
import { executeWorkflowTool } from './execute-workflow.ts';
import { getWorkflowTool } from './get-workflow.ts';
import { listWorkflowsTool } from './list-workflows.ts';

const whole = () => z.coerce.number().int();

export const config = z.object({
  N8N_URL: addressSetting('http://n8n:5678').meta({
    secret: true,
    description: "n8n's address. Its tools are there with this and N8N_API_KEY",
    example: 'http://n8n:5678',
  }),
  N8N_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{8,4000}$/, 'must be the key as n8n shows it, one word')
    .optional()
    .meta({
      secret: true,
      description:
        'Key of its public API (Settings, n8n API) with the scopes workflow:list, workflow:read, execution:list, execution:read',
      example: 'change-me-now',
    }),
  N8N_TIMEOUT_MS: whole().min(100).max(120_000).default(20_000).meta({
    description: 'Longest question to n8n, in milliseconds',
  }),
  N8N_WAIT_MS: whole().min(100).max(600_000).default(60_000).meta({
    description: 'How many milliseconds n8n_execute_workflow waits for the end; TOOL_TIMEOUT_MS must be longer',
  }),
  N8N_MAX_BYTES: whole().min(10_000).max(32_000_000).default(4_000_000).meta({
    description:
      'Most bytes of one answer of n8n that are taken in; a 32nd of the memory that the process may hold at most',
  }),
});

/** A parsed answer takes several times its bytes. */
const room = roomFor(512 * 1024 ** 2) / 4;

/** The tools over the workflows of one n8n; none without its address and key. */
export function createDomain(settings: z.output<typeof config>): Domain {
  const { N8N_URL: url, N8N_API_KEY: key } = settings;
  const isSet = url !== undefined && key !== undefined;
  const common = {
    service: 'n8n',
    variable: 'N8N_URL',
    // The key is no word to be searched for where there is none.
    address: readAddress(url ?? 'http://127.0.0.1', key === undefined ? [] : [key]),
    timeoutMs: settings.N8N_TIMEOUT_MS,
    maxBytes: Math.min(settings.N8N_MAX_BYTES, Math.floor(room / 4)),
    room: createRoom(room),
  };
  const api = createService({ ...common, headers: key === undefined ? {} : { 'x-n8n-api-key': key }, refusal });
  const hooks = createService(common);
  const tools = () => [
    listWorkflowsTool(api),
    getWorkflowTool(api),
    executeWorkflowTool({ api, hooks, waitMs: settings.N8N_WAIT_MS }),
  ];
  return {
    name: 'n8n',
    title: 'Workflows of n8n',
    keywords:
      'workflow workflows automation automate run execute trigger Arbeitsablauf Automatisierung ausführen flujo automatización ejecutar flux automatisation exécuter автоматизация процесс запустить 工作流 自动化 执行 ワークフロー 自動化 実行',
    tools: isSet ? tools() : [],
    answerBytes: settings.N8N_MAX_BYTES,
    async check() {
      if (isSet) return check(api);
      const missing = url === undefined ? 'N8N_URL' : 'N8N_API_KEY';
      if (url !== undefined || key !== undefined)
        throw new Error(`${missing} is not set, so n8n cannot be used. Set it too.`);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([api[Symbol.asyncDispose](), hooks[Symbol.asyncDispose]()]);
    },
  };
}

async function check(api: Service): Promise<void> {
  await listWorkflows(api, undefined, { signal: new AbortController().signal });
}

function refusal(status: number): string | undefined {
  if (status === 401)
    return 'n8n does not take the key of this tool. Tell the user that the operator must check N8N_API_KEY, which may have run out.';
  if (status === 403)
    return 'The key of this tool may not do that in n8n. Tell the user that the operator must give it the scopes workflow:list, workflow:read, execution:list and execution:read.';
  return undefined;
}
