import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type { TestN8n } from './suite.ts';
import { workflows } from './workflows.ts';

interface PlayedExecution {
  id: string;
  workflowId: string;
  status: string;
  finished: boolean;
  mode: 'webhook';
  output: object;
  error?: { message: string; node: { name: string } };
}

export interface PlayedN8n extends TestN8n {
  executions: PlayedExecution[];
  asked: { method: string; path: string; headers: IncomingMessage['headers'] }[];
}

/**
 * A played n8n: it speaks as n8n 2.41.1 was seen to speak (public API v1 for workflows and executions; webhooks). `npm
 * run test:n8n` runs the same suite on the real one.
 */
export async function startPlayedN8n(): Promise<PlayedN8n> {
  const key = 'played-key-0123456789';
  const executions: PlayedExecution[] = [];
  const asked: PlayedN8n['asked'] = [];
  const ids = Object.fromEntries(Object.keys(workflows).map((name) => [name, `Id${name}`]));
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://n8n');
    asked.push({ method: request.method ?? '', path: url.pathname, headers: request.headers });
    const body = await readText(request);
    if (url.pathname.startsWith('/webhook/'))
      return pull(url.pathname.slice('/webhook/'.length), request, body, response);
    if (request.headers['x-n8n-api-key'] !== key) return send(response, 401, { message: 'Unauthorized' });
    const [, what, id] = /^\/api\/v1\/(workflows|executions)(?:\/([\w-]+))?$/.exec(url.pathname) ?? [];
    if (what === 'workflows') return showWorkflows(id, response);
    if (what === 'executions') return showExecutions(id, url, response);
    send(response, 404, { message: 'not found' });
  }

  function showWorkflows(id: string | undefined, response: ServerResponse): void {
    const all = Object.entries(workflows).map(([name, { active, nodes, connections, ...rest }]) => ({
      ...rest,
      id: ids[name],
      active,
      nodes,
      connections,
      isArchived: false,
      updatedAt: '2026-11-27T18:32:44.553Z',
      activeVersion: active ? { nodes, connections } : null,
    }));
    if (id === undefined) return send(response, 200, { data: all, nextCursor: null });
    const found = all.find((workflow) => workflow.id === id);
    send(response, found ? 200 : 404, found ?? { message: 'Not Found' });
  }

  function showExecutions(id: string | undefined, { searchParams }: URL, response: ServerResponse): void {
    const shown = ({ id: id_, workflowId, status, finished, mode }: PlayedExecution, more: object = {}) => {
      return { id: id_, workflowId, status, finished, mode, ...more };
    };
    if (id === undefined) {
      const status = searchParams.get('status');
      const fitting = executions.filter(
        (each) =>
          each.workflowId === searchParams.get('workflowId') &&
          (status === null ? each.status !== 'running' : each.status === status),
      );
      return send(response, 200, { data: fitting.toReversed().map((each) => shown(each)), nextCursor: null });
    }
    const found = executions.find((each) => each.id === id);
    if (!found) return send(response, 404, { message: 'Not Found' });
    const runData = { Answer: [{ data: { main: [[{ json: found.output }]] } }] };
    const resultData = { lastNodeExecuted: 'Answer', runData, ...(found.error && { error: found.error }) };
    send(response, 200, shown(found, { data: { resultData } }));
  }

  function pull(path: string, request: IncomingMessage, body: string, response: ServerResponse): void {
    const { n = 0 } = body === '' ? {} : (JSON.parse(body) as { n?: number });
    const workflowId = ids[path] ?? '';
    if (!workflows[path]?.active) {
      return send(response, 404, {
        code: 404,
        message: `The requested webhook "${request.method} ${path}" is not registered.`,
      });
    }
    const output = { doubled: n * 2, sees: Object.keys(request.headers).join(' '), apiKey: 'CANARY-OUT' };
    const execution = { id: String(executions.length + 1), workflowId, mode: 'webhook' as const, output };
    if (path === 'fails') {
      const error = { message: 'no stock left', node: { name: 'Answer' } };
      executions.push({ ...execution, status: 'error', finished: false, error });
      return send(response, 500, { message: 'Error in workflow' });
    }
    const status = path === 'slow' ? 'running' : 'success';
    executions.push({ ...execution, status, finished: status === 'success' });
    send(response, 200, path === 'double' ? output : { message: 'Workflow was started' });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key,
    ids,
    executions,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
