import { setTimeout as sleep } from 'node:timers/promises';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';
import { createServer, defineTool } from '#mcp/kit.ts';
import { openWitness } from '#test/model/witness.ts';

// The played backend, an MCP server over stdio. Each execution is on disk (TOOL_WITNESS) before its effect is done and
// again after it, so that it is known for every kill whether it came before, in or after a call.

const witness = openWitness(process.env['TOOL_WITNESS'] ?? '/dev/null');

const input = z.object({
  /** Which question. */
  case: z.string(),
  /** Which call of its plan: the effect is (case, call). */
  call: z.string(),
  /** The model's turn that asked for it. */
  step: z.number(),
  ms: z.number(),
});

function played(name: string, hints: { readOnlyHint: boolean; idempotentHint: boolean }) {
  return defineTool({
    name,
    title: name,
    description: `Played tool ${name}.`,
    input,
    output: z.object({ done: z.string() }),
    annotations: { destructiveHint: !hints.readOnlyHint, openWorldHint: false, ...hints },
    async run({ case: id, call, step, ms }) {
      witness.append({ at: Date.now(), event: 'begin', tool: name, case: id, call, step });
      await sleep(ms);
      witness.append({ at: Date.now(), event: 'end', tool: name, case: id, call, step });
      return { data: { done: `${id}/${call}` } };
    },
  });
}

const tools = [
  played('look', { readOnlyHint: true, idempotentHint: true }),
  played('set', { readOnlyHint: false, idempotentHint: true }),
  played('post', { readOnlyHint: false, idempotentHint: false }),
  // The policy demands a yes for these two. The first gets it; the second's time runs out.
  played('sign', { readOnlyHint: false, idempotentHint: false }),
  played('lapse', { readOnlyHint: false, idempotentHint: false }),
];
serveStdio(() => createServer({ name: 'played', title: 'Played', tools }));
