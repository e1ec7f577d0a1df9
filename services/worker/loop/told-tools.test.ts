import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import { readJournal } from '#shared/run/journal.ts';
import { replayRun } from '#shared/run/replay.ts';
import { manyTools } from '#test/lib/many-tools.ts';
import { mark, messageText, type ParsedRequest, type Turn } from '#test/model/turn.ts';
import { createPlayedToolbox, type PlayedTool } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

// What a model is told of 150 tools, and how it gets at the others.

const tokens = 1_500;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.model.reset());

const playedOf = (tools: typeof manyTools): Record<string, PlayedTool> =>
  Object.fromEntries(tools.map((tool) => [tool.name, { ...tool, run: () => `${tool.name} was called` }]));
const many = () => createPlayedToolbox(playedOf(manyTools));
const worker = (toolbox = many(), changes: Record<string, string> = {}) =>
  rig.worker({ toolbox }, { TOOLS_MAX_TOKENS: String(tokens), ...changes });
const call = (name: string, args: Record<string, unknown> = {}): Turn => ({ toolCalls: [{ name, arguments: args }] });
const find = (query: string) => call('find_tools', { query });
const told = (at: number) => rig.model.requests[at]!.request.toolNames;
const hidden = manyTools.at(-1)!.name;

/** A model that calls the tool that the question names, once it is told of it; else it looks for its words. */
function byName({ user, results, toolNames }: ParsedRequest): Turn {
  const wanted = manyTools.find(({ title, domain }) => user.includes(`"${title}" of ${domain}`))!;
  if (results.some(({ text }) => text === `${wanted.name} was called`)) return { text: `Called ${wanted.name}.` };
  return toolNames.includes(wanted.name) ? call(wanted.name) : find(wanted.description);
}

it('each of 150 tools is reached by its own words, and the list keeps to its tokens', async () => {
  const toolbox = many();
  await using _ = await worker(toolbox);
  rig.model.handle((request) => byName({ ...request, user: secret.get(request.user) ?? '' }));
  const secret = new Map(manyTools.map(({ title, domain }, at) => [`Question ${at}.`, `"${title}" of ${domain}`]));
  for (const question of secret.keys()) await rig.ask(question);
  expect(toolbox.calls.map(({ tool }) => tool)).toEqual(manyTools.map(({ name }) => name));
  expect(rig.model.requests.length).toBeGreaterThan(400);
  for (const { body } of rig.model.requests) {
    const sum = (body.tools ?? []).reduce((all, tool) => all + estimatedTokens(JSON.stringify(tool.function)), 0);
    expect(sum).toBeLessThanOrEqual(tokens);
  }
});

it('the question, the talk before it and what is said during the run point to tools', async () => {
  await using _ = await worker();
  rig.model.handle(() => ({ text: 'Fine.' }));
  await rig.ask('What about purchase orders?', { conversation: 'talk' });
  await rig.ask('And now?', { conversation: 'talk' });
  await rig.ask('And now?');
  expect(told(0)).toContain('warehouse__get_purchase_order');
  expect(told(1)).toContain('warehouse__get_purchase_order');
  expect(told(2)).not.toContain('warehouse__get_purchase_order');
});

it('where all tools have room, all are told of, and there is nothing to find', async () => {
  await using _ = await worker(createPlayedToolbox(playedOf(manyTools.slice(0, 5))));
  rig.model.handle(() => ({ text: 'Fine.' }));
  await rig.ask('Hello');
  expect(told(0)).toEqual(manyTools.slice(0, 5).map(({ name }) => name));
});

it('a tool of which the model was not told may be called all the same, also as text', async () => {
  const toolbox = many();
  await using _ = await worker(toolbox);
  const written = `<tool_call>\n{"name": "functions.${hidden}", "arguments": {}}\n</tool_call>`;
  rig.model.enqueue(call(hidden, { limit: 1 }), { text: written }, { text: 'Done.' });
  expect(await rig.ask('Hello')).toMatchObject({ outcome: 'answered', tools: [hidden] });
  expect(told(0)).not.toContain(hidden);
  expect(toolbox.calls).toHaveLength(2);
  expect(rig.model.requests[1]?.request.results[0]?.text).toBe(`${hidden} was called`);
  expect(told(1), 'what was called is told of').toContain(hidden);
});

it('a tool that nobody gave the caller is refused, without a list of all', async () => {
  await using _ = await worker();
  rig.model.enqueue(call('nowhere__drop'), { text: 'No.' });
  await rig.ask('Hello');
  const [result] = rig.model.requests[1]!.request.results;
  expect(result?.text).toBe('There is no tool nowhere__drop. find_tools finds out which there are.');
});

it('what was found stays when another worker goes on, and when the run is replayed', async () => {
  const query = 'purchase order of the warehouse';
  const failing = await worker(many(), { MODEL_RETRY_BUDGET_MS: '1' });
  rig.model.enqueue(find(query), { error: { status: 500 } });
  const { runId, outcome } = await rig.ask('Hello');
  expect(outcome).toBe('failed');
  await failing[Symbol.asyncDispose]();
  const journal = (await readJournal(rig.redis, runId)).map(({ entry }) => entry);
  const found = journal.flatMap((entry) => (entry.type === 'tool.finished' ? (entry.found ?? []) : []));
  expect(found).toContain('warehouse__get_purchase_order');
  await using _ = await worker();
  rig.model.enqueue({ text: 'Answered.' });
  await replayRun({ redis: rig.redis, queues: rig.queues }, runId, { from: 'failed-step', by: 'operator' });
  expect(await rig.ended(`${runId}-r1`)).toMatchObject({ outcome: 'answered' });
  expect(told(2)).toEqual(told(1));
  expect(told(2)).toEqual(expect.arrayContaining(found));
  expect(told(0)).not.toEqual(told(1));
});

it('a search is no tool round of a single shot, and one without a query is mended', async () => {
  await using _ = await worker();
  rig.model.enqueue(find('purchase order'), call('warehouse__get_purchase_order'), { text: 'Shot.' });
  expect(await rig.ask('Hello', { mode: 'single-shot' })).toMatchObject({ outcome: 'answered', text: 'Shot.' });
  expect(rig.model.requests.map(({ body }) => body.tool_choice)).toEqual(['auto', 'auto', 'none']);
});

it('models are told as much as their own setting allows', async () => {
  await using _ = await worker(many(), { TOOLS_MAX_TOKENS: '800,large*=50000' });
  rig.model.handle(() => ({ text: 'Fine.' }));
  await rig.ask('Hello', { model: 'small' });
  await rig.ask('Hello', { model: 'large-2' });
  expect(told(0).length).toBeLessThan(12);
  expect(told(1)).toHaveLength(128);
});

it('models without tool calls of their own look for tools too', async () => {
  await using _ = await worker(many(), { TOOL_PROTOCOL: 'prompted' });
  const written = (name: string, args: object) => ({
    text: `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`,
  });
  rig.model.enqueue(written('find_tools', { query: 'purchase order' }), written('warehouse__list_purchase_order', {}), {
    text: 'Listed.',
  });
  expect(await rig.ask('Hello')).toMatchObject({
    text: 'Listed.',
    tools: ['find_tools', 'warehouse__list_purchase_order'],
  });
  const [first, second] = rig.model.requests.map(({ body }) => messageText(body.messages[0]));
  expect(first).not.toContain('"warehouse__list_purchase_order"');
  expect(second).toContain('"warehouse__list_purchase_order"');
});

it("a program's own tools stand beside the list, which leaves room for them and has what the program demands", async () => {
  await using _ = await worker();
  rig.model.handle(() => ({ text: 'Fine.' }));
  const own = Array.from({ length: 20 }, (__, n) => ({
    name: `own_${n}`,
    description: 'Does this and that for me. '.repeat(3),
  }));
  const caller = { kind: 'api', id: 'program', name: '' } as const;
  await rig.ask('Hello', { caller });
  await rig.ask('Hello', { caller, client: { tools: own, toolChoice: { name: hidden } } });
  await rig.ask('Hello', { caller, client: { tools: [...own, { name: 'find_tools' }] } });
  expect(told(1).filter((name) => name.startsWith('own_'))).toHaveLength(20);
  expect(told(1)).toContain(hidden);
  expect(told(1).length - 20).toBeLessThan(told(0).length);
  expect(told(1).length - 20).toBeGreaterThan(3);
  expect(told(2).filter((name) => name === 'find_tools')).toHaveLength(1);
});

it('a run asks for the same list at each step, so that providers can keep what they read of it', async () => {
  await using _ = await worker();
  rig.model.script('steps', [call('jira__get_epic'), call('jira__get_epic', { id: '2' }), { text: 'Read.' }]);
  await rig.ask(mark('steps', 'Which epic of jira is it?'));
  expect(told(1)).toEqual(told(0));
  expect(told(2)).toEqual(told(0));
});
