import type { Domain, ToolContext } from '#mcp/kit.ts';
import { config, createDomain } from '../domain.ts';

export interface Answer {
  failed: boolean;
  text: string;
  data: Record<string, unknown>;
}

export interface TestTools extends AsyncDisposable {
  domain: Domain;
  call(tool: string, args?: unknown, signal?: AbortSignal): Promise<Answer>;
  /** `postgres_query`. */
  query(query: string, more?: Record<string, unknown>): Promise<Answer>;
}

/** The domain over a real server, called as the MCP server calls it. For tests. */
export function testTools(url: string, settings: Record<string, unknown> = {}): TestTools {
  const domain = createDomain(config.parse({ POSTGRES_URL: url, ...settings }));
  async function call(name: string, args: unknown = {}, signal = new AbortController().signal): Promise<Answer> {
    const tool = domain.tools.find((candidate) => candidate.name === name);
    if (!tool) throw new Error(`there is no tool ${name}`);
    const context: ToolContext = { signal, progress: () => undefined };
    const result = await tool.call(args, context);
    const [first] = result.content;
    const text = first?.type === 'text' ? first.text : '';
    return { failed: result.isError === true, text, data: (result.structuredContent ?? {}) as Answer['data'] };
  }
  return {
    domain,
    call,
    query: (query, more = {}) => call('postgres_query', { query, ...more }),
    [Symbol.asyncDispose]: () => domain[Symbol.asyncDispose](),
  };
}
