import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { startHostileServer, type HostileServer } from '#test/lib/hostile-mcp.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';

interface HostileCase extends CorpusCase {
  behaviour: Record<string, unknown>;
  expect: { toolResult?: string; secretLeak?: number };
  why: string;
}

/** The cases about one answer to one call. Definitions are tested beside adopt-tools.ts. */
function isAnswer({ category, behaviour }: HostileCase): boolean {
  if (category === 'transport') return behaviour['on'] === 'tools/call';
  if (category === 'jsonrpc') return behaviour['reply'] !== 'late';
  return category === 'result';
}

const cases = loadCorpus<HostileCase>('mcp.json').cases.filter(isAnswer);

/** `resultType` came with 2026-07-28; the other cases are older than it. */
function speaksNewest({ behaviour }: HostileCase): boolean {
  return behaviour['resultType'] !== undefined;
}

describe.each([
  ['2025-06-18', false],
  ['2026-07-28', true],
] as const)('a hostile server of revision %s behind the runner', (_, newest) => {
  let stack: AsyncDisposableStack;
  let server: HostileServer;
  let client: Client;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    server = stack.use(await startHostileServer({ newest }));
    const runner = stack.use(
      await startToolRunner({
        server: 'hostile',
        entry: { type: 'http', url: server.url },
        env: { TOOL_TIMEOUT_MS: '1500' },
      }),
    );
    client = await newestClient(runner);
    stack.defer(() => client.close());
  });
  afterAll(() => stack.disposeAsync());

  const call = () => client.callTool({ name: 'hostile__act', arguments: {} });

  it.each(cases.filter((each) => speaksNewest(each) === newest).map((each) => [each.id, each.why, each] as const))(
    '%s: %s',
    async (_, __, each) => {
      server.behave(each.behaviour);
      const result = await call();
      const said = JSON.stringify(result);
      const expected = each.expect.toolResult ?? '';
      if (/^(error|timeout|error or timeout|error or human elicitation)$/.test(expected))
        expect(result.isError).toBe(true);
      if (expected === 'ok') expect(result.isError).not.toBe(true);
      if (expected === 'refused as picture') expect(said).not.toContain('"type":"image"');
      if (expected === 'described') expect(said).not.toContain('AAAA');
      expect(said).not.toMatch(/CANARY|Stack trace|evil\.example|SYSTEM:/);
      expect(said.isWellFormed()).toBe(true);
      expect(Buffer.byteLength(said)).toBeLessThan(1_100_000);
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
      server.behave(undefined);
      expect(await call()).toMatchObject({ content: [{ type: 'text', text: 'done' }] });
    },
  );
});
