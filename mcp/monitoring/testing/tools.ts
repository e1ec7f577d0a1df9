import type { ToolContext } from '#mcp/kit.ts';
import { config, createDomain } from '../domain.ts';

export interface Answer {
  failed: boolean;
  text: string;
  data: Record<string, unknown>;
  /** The pictures' bytes. */
  pictures: Buffer[];
}

export interface TestTools extends AsyncDisposable {
  names: string[];
  call(tool: string, args?: unknown, signal?: AbortSignal): Promise<Answer>;
  check(): Promise<void>;
}

/** The domain with some settings, called as the MCP server calls it. For tests. */
export function testTools(settings: Record<string, unknown>): TestTools {
  const domain = createDomain(config.parse(settings));
  return {
    names: domain.tools.map(({ name }) => name),
    async call(name, args = {}, signal = new AbortController().signal) {
      const tool = domain.tools.find((candidate) => candidate.name === name);
      if (!tool) throw new Error(`There is no tool named ${name}.`);
      const context: ToolContext = { signal, progress: () => undefined };
      const { content, isError, structuredContent } = await tool.call(args, context);
      return {
        failed: isError === true,
        text: content.flatMap((each) => (each.type === 'text' ? [each.text] : [])).join('\n'),
        data: (structuredContent ?? {}) as Answer['data'],
        pictures: content.flatMap((each) => (each.type === 'image' ? [Buffer.from(each.data, 'base64')] : [])),
      };
    },
    check: () => domain.check(),
    [Symbol.asyncDispose]: () => domain[Symbol.asyncDispose](),
  };
}
