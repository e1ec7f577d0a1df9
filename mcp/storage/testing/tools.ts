import type { ToolContext } from '#mcp/kit.ts';
import { config, createDomain } from '../domain.ts';

export interface Answer {
  failed: boolean;
  text: string;
  data: Record<string, unknown>;
}

export interface TestTools extends AsyncDisposable {
  call(tool: string, args?: unknown, signal?: AbortSignal): Promise<Answer>;
  check(): Promise<void>;
}

/** The domain over a server, called as the MCP server calls it. For tests. */
export function testTools(
  server: { endpoint: string; accessKey: string; secretKey: string },
  settings: Record<string, unknown> = {},
): TestTools {
  const access = { S3_ENDPOINT: server.endpoint, S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  const domain = createDomain(config.parse({ ...access, ...settings }));
  return {
    async call(name, args = {}, signal = new AbortController().signal) {
      const tool = domain.tools.find((candidate) => candidate.name === name);
      if (!tool) return { failed: true, text: `There is no tool named ${name}.`, data: {} };
      const context: ToolContext = { signal, progress: () => undefined };
      const result = await tool.call(args, context);
      const [first] = result.content;
      const text = first?.type === 'text' ? first.text : '';
      return { failed: result.isError === true, text, data: (result.structuredContent ?? {}) as Answer['data'] };
    },
    check: () => domain.check(),
    [Symbol.asyncDispose]: () => domain[Symbol.asyncDispose](),
  };
}
