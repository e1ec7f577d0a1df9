import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Domain } from '#mcp/kit.ts';

/** One run's way to use the browser in a test. */
export interface Hand {
  call(tool: string, args?: object, signal?: AbortSignal): Promise<Told>;
  /** The reference of the element of which the newest snapshot says this, such as `button "Send"`. */
  ref(is: string): string;
}

export interface Told {
  text: string;
  failed: boolean;
  result: CallToolResult;
}

export function handOf(domain: Domain, run = 'run-1'): Hand {
  let newest = '';
  return {
    async call(name, args = {}, signal = new AbortController().signal) {
      const tool = domain.tools.find((each) => each.name === `browser_${name}`);
      if (tool === undefined) throw new Error(`there is no browser_${name}`);
      const result = await tool.call(args, { signal, run, progress: () => undefined });
      const [content] = result.content;
      const text = content?.type === 'text' ? content.text : '';
      newest = text;
      return { text, failed: result.isError === true, result };
    },
    ref(is) {
      const line = newest.split('\n').find((each) => each.includes(`${is} `) && each.includes('[ref='));
      const ref = /\[ref=(\w+)\]/.exec(line ?? '')?.[1];
      if (ref === undefined) throw new Error(`no ${is} in:\n${newest}`);
      return ref;
    },
  };
}
