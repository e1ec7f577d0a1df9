import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ToolContext } from '#mcp/kit.ts';
import { config, createDomain } from '../domain.ts';

/** An n8n with the workflows of `workflows.ts`. */
export interface TestN8n extends AsyncDisposable {
  url: string;
  key: string;
  /** By their names in `workflows.ts`. */
  ids: Record<string, string>;
}

export interface Answer {
  failed: boolean;
  text: string;
  data: Record<string, unknown>;
}

export interface N8nTools extends AsyncDisposable {
  call(tool: string, args?: unknown, signal?: AbortSignal): Promise<Answer>;
  check(): Promise<void>;
}

/** The domain over an n8n, called as the MCP server calls it. For tests. */
export function n8nTools(settings: Record<string, unknown>): N8nTools {
  const domain = createDomain(config.parse(settings));
  return {
    async call(name, args = {}, signal = new AbortController().signal) {
      const context: ToolContext = { signal, progress: () => undefined };
      const result = await domain.tools.find((tool) => tool.name === name)!.call(args, context);
      const [first] = result.content;
      const text = first?.type === 'text' ? first.text : '';
      return { failed: result.isError === true, text, data: (result.structuredContent ?? {}) as Answer['data'] };
    },
    check: () => domain.check(),
    [Symbol.asyncDispose]: () => domain[Symbol.asyncDispose](),
  };
}

/** What must hold on a real n8n and, so that the played one is one, on that as well. */
export function n8nSuite(start: () => Promise<TestN8n>, startMs: number): void {
  let n8n: TestN8n;
  let tools: N8nTools;

  beforeAll(async () => {
    n8n = await start();
    tools = n8nTools({ N8N_URL: n8n.url, N8N_API_KEY: n8n.key });
  }, startMs);
  afterAll(async () => {
    await tools?.[Symbol.asyncDispose]();
    await n8n?.[Symbol.asyncDispose]();
  });

  const execute = (which: string, more: object = {}) =>
    tools.call('n8n_execute_workflow', { id: n8n.ids[which], ...more });

  test('the workflows are listed, with which can be executed and why others cannot', async () => {
    const { text } = await tools.call('n8n_list_workflows');
    expect(text).toContain('Double a number | active | can be executed (webhook)');
    expect(text).toContain('Resting | inactive | cannot be executed: it is not active');
    expect(text).toContain('By hand | inactive | cannot be executed: it is started by hand');
    expect(text).toContain('Guarded | inactive | cannot be executed: its webhook wants a login');
    await expect(tools.check()).resolves.toBeUndefined();
  });

  test('a workflow is shown with its nodes and arrows, and without its secrets', async () => {
    const { text, data } = await tools.call('n8n_get_workflow', { id: n8n.ids['secrets'] });
    expect(text).toContain('Webhook -> Answer');
    expect(text).toContain('"X-Plain","value":"shown"');
    expect(`${text}${JSON.stringify(data)}`).not.toContain('CANARY');
    expect(text.match(/\[redacted\]/g)!.length).toBeGreaterThanOrEqual(5);
  });

  test('a workflow is run with its input, and its result told; it never sees our key', async () => {
    const { failed, text, data } = await execute('double', { input: { n: 21 } });
    expect([failed, text]).toEqual([false, expect.stringMatching(/^Execution \d+ ended well\. Result:\n/)]);
    expect(JSON.parse(String(data['result']))).toMatchObject({ doubled: 42, apiKey: '[redacted]' });
    expect(String(data['result'])).not.toMatch(/x-n8n-api-key|authorization/i);
  });

  test('one that answers at once is waited for, and the output of its last node told', async () => {
    const { text, data } = await execute('background', { input: { n: 4 } });
    expect(text).toMatch(/ended well/);
    expect(JSON.parse(String(data['result']))).toMatchObject([{ doubled: 8 }]);
  });

  test('one that fails tells why, and that it was run', async () => {
    const { failed, text } = await execute('fails');
    expect([failed, text]).toEqual([
      true,
      expect.stringMatching(/ended with error: no stock left \(node "Answer"\)\. It was run/),
    ]);
  });

  test('one that takes longer than the wait is told by its id, and not to be started again', async () => {
    await using hasty = n8nTools({ N8N_URL: n8n.url, N8N_API_KEY: n8n.key, N8N_WAIT_MS: 1500 });
    const { failed, text, data } = await hasty.call('n8n_execute_workflow', { id: n8n.ids['slow'] });
    expect(failed).toBe(false);
    expect(text).toMatch(
      /^Execution \d+ has not ended \((?:running|waiting)\); it goes on in n8n\. Do not start it again/,
    );
    expect(data['execution_id']).toMatch(/^\d+$/);
  });

  test.each([
    ['resting', /it is not active/],
    ['byHand', /it is started by hand/],
    ['guarded', /wants a login of its own/],
  ])('%s is refused, with the reason, and nothing is run', async (which, words) => {
    const { failed, text } = await execute(which);
    expect([failed, text]).toEqual([true, expect.stringMatching(words)]);
    expect(text).toMatch(/^Refused: .*Nothing was run\.$/);
  });

  test.each(['nope', '../users', 'a/b', '', 'x'.repeat(90), '?status=all', '%2e%2e'])(
    'the id "%s" is no workflow',
    async (id) => {
      for (const tool of ['n8n_get_workflow', 'n8n_execute_workflow'])
        expect((await tools.call(tool, { id })).text).toMatch(/There is no workflow|Wrong arguments/);
    },
  );

  test('a wrong key is told, and not shown', async () => {
    await using stranger = n8nTools({ N8N_URL: n8n.url, N8N_API_KEY: 'CANARY-wrong-key' });
    const { failed, text } = await stranger.call('n8n_list_workflows');
    expect([failed, text]).toEqual([true, expect.stringMatching(/must check N8N_API_KEY/)]);
    expect(text).not.toContain('CANARY');
  });
}
