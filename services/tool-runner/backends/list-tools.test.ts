import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHostileServer, type HostileServer } from '#test/lib/hostile-mcp.ts';
import { connectRemote } from './connect.ts';
import { listTools } from './list-tools.ts';

let stack: AsyncDisposableStack;
let server: HostileServer;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  server = stack.use(await startHostileServer());
});
afterEach(() => stack.disposeAsync());

const tool = (name: string) => ({ name, inputSchema: { type: 'object' } });
const error = { code: -32_602, message: 'Invalid cursor' };

/** Lists the tools of a server that answers with `page`, and returns their names and what the operator is told. */
async function list(page: (cursor: string | undefined) => object): Promise<{ names: unknown[]; told: string[] }> {
  server.list(page);
  const entry = { type: 'http' as const, url: server.url, headers: {}, disabled: false, trustAnnotations: false };
  const connection = stack.use(await connectRemote(entry, new AbortController().signal));
  const told: string[] = [];
  const tools = await listTools(
    connection.client,
    (what) => told.push(what),
    () => false,
  );
  return { names: tools.map((each) => (each as { name: unknown }).name), told };
}

describe('the list of tools of a server that is not ours', () => {
  it.each([null, '', 0, false, { a: 1 }])('ends at a cursor %j', async (nextCursor) => {
    const page = (cursor: string | undefined) =>
      cursor === undefined ? { result: { tools: [tool('good')], nextCursor } } : { error };
    expect(await list(page)).toEqual({ names: ['good'], told: [] });
  });

  it('goes on at a cursor that is a text, page after page', async () => {
    const page = (cursor = '0') => ({
      result: { tools: [tool(`t${cursor}`)], ...(cursor !== '2' && { nextCursor: String(Number(cursor) + 1) }) },
    });
    expect(await list(page)).toEqual({ names: ['t0', 't1', 't2'], told: [] });
  });

  it('goes on behind a page without tools', async () => {
    const pages = [[tool('a')], [], [], [tool('b')]];
    const page = (cursor = '0') => ({
      result: { tools: pages[Number(cursor)], ...(cursor !== '3' && { nextCursor: String(Number(cursor) + 1) }) },
    });
    expect(await list(page)).toEqual({ names: ['a', 'b'], told: [] });
  });

  it('keeps the pages before one that fails, and tells the operator', async () => {
    const page = (cursor: string | undefined) =>
      cursor === undefined ? { result: { tools: [tool('good')], nextCursor: '2' } } : { error };
    const { names, told } = await list(page);
    expect(names).toEqual(['good']);
    expect(told).toEqual([expect.stringContaining('page 2')]);
  });

  it.each([null, {}, 'none', undefined])('is empty when its tools are %j, and the operator is told', async (tools) => {
    const { names, told } = await list(() => ({ result: { tools } }));
    expect(names).toEqual([]);
    expect(told).toEqual([expect.stringContaining('no list')]);
  });

  it('that repeats itself under new cursors for ever is used once, and the operator is told', async () => {
    let pages = 0;
    const { names, told } = await list(() => ({ result: { tools: [tool('good')], nextCursor: String((pages += 1)) } }));
    expect(names).toEqual(['good']);
    expect(told).toHaveLength(1);
  });

  it('without an end is used up to the limit, and the operator is told', async () => {
    let pages = 0;
    const page = () => ({ result: { tools: [tool(`t${(pages += 1)}`)], nextCursor: String(pages) } });
    const { names, told } = await list(page);
    expect(names).toHaveLength(20);
    expect(told).toEqual([expect.stringContaining('over 20 pages')]);
  });

  it('that is not known to a server which says it has tools is empty, and the operator is told', async () => {
    const { names, told } = await list(() => ({ error: { code: -32_601, message: 'Method not found' } }));
    expect(names).toEqual([]);
    expect(told).toHaveLength(1);
  });

  it('does not come: that is an error', async () => {
    await expect(list(() => ({ error: { code: -32_603, message: 'failed' } }))).rejects.toThrow('failed');
  });
});
