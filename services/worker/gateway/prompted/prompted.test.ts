import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { configureLogging } from '#shared/process/log.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';
import { errorBody } from '#test/model/wire.ts';
import type { WorkerConfig } from '#services/worker/config.ts';
import type { ChatMessage, ChatTool } from '../chat.ts';
import { createGateway } from '../create-gateway.ts';
import type { ModelAnswer } from '../gateway.ts';
import { WrittenCalls } from '../calls/written/written-calls.ts';
import { argumentsText } from '../calls/arguments-text.ts';

describe('reading an answer', () => {
  function read(answer: string, size: number): { text: string; calls: [name: string, args: string][] } {
    const parser = new WrittenCalls(['read'], true);
    let text = '';
    for (let at = 0; at < answer.length; at += size) text += parser.push(answer.slice(at, at + size));
    const end = parser.end();
    return { text: text + end.text, calls: end.calls.map((call) => [call.name, argumentsText(call.arguments)]) };
  }
  const block = (inner: string): string => `<tool_call>\n${inner}\n</tool_call>`;
  const good = block('{"name": "read", "arguments": {"path": "a<b"}}');
  const read1: [string, string] = ['read', '{"path":"a<b"}'];

  test.each<[string, string, string, [string, string][]]>([
    ['text alone', 'Just < text > with <tool', 'Just < text > with <tool', []],
    ['text that ends in blanks', 'text\n ', 'text\n ', []],
    ['a call alone', good, '', [read1]],
    ['text before', `I look.\n\n${good}\n`, 'I look.', [read1]],
    ['text after', `${good}\nThat was it.`, 'That was it.', [read1]],
    ['two calls with text around', `A\n${good}\n${good}\nB`, 'A\n\nB', [read1, read1]],
    ['no closing mark', '<tool_call>{"name":"read","arguments":{"path":"a<b"}}', '', [read1]],
    ['a fence within', block('```json\n{"name":"read","arguments":{}}\n```'), '', [['read', '{}']]],
    ['no arguments', block('{"name":"read"}'), '', [['read', '{}']]],
    ['arguments as text', block('{"name":"read","arguments":"{\\"path\\":1}"}'), '', [['read', '{"path":1}']]],
    [
      'raw text for arguments',
      block('{"name": "read", "arguments": path=a}'),
      '',
      [['read', '{"name": "read", "arguments": path=a}']],
    ],
    ['no JSON at all', block('read the file'), '', [['unreadable_tool_call', 'read the file']]],
    ['no name', block('{"arguments":{}}'), '', [['unreadable_tool_call', '{"arguments":{}}']]],
    ['cut off', '<tool_call>{"name":"read","argum', '', [['read', '{"name":"read","argum']]],
  ])('%s', (_, answer, text, calls) => {
    for (const size of [1, 2, 7, 1_000]) expect(read(answer, size), `pieces of ${size}`).toEqual({ text, calls });
  });
});

describe('through the gateway', () => {
  let model: PlayedModel;
  beforeAll(async () => {
    configureLogging('test', 'silent');
    model = await startPlayedModel();
  });
  afterAll(() => model[Symbol.asyncDispose]());
  beforeEach(() => model.reset());

  const tools: ChatTool[] = [
    {
      type: 'function',
      function: { name: 'read', description: 'Reads', parameters: { type: 'object', properties: {} } },
    },
  ];
  const history: ChatMessage[] = [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'Go' },
    {
      role: 'assistant',
      content: 'I look.',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read', arguments: '{"path":"a"}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'the content' },
  ];

  function gatewayWith(protocol: WorkerConfig['TOOL_PROTOCOL']) {
    return createGateway({
      LITELLM_API_BASE: model.url,
      LITELLM_API_KEY: 'none',
      TOOL_PROTOCOL: protocol,
      MODEL_TIMEOUT_MS: 10_000,
      MODEL_FIRST_TOKEN_TIMEOUT_MS: 10_000,
      MODEL_IDLE_TIMEOUT_MS: 10_000,
    });
  }
  async function ask(gateway: ReturnType<typeof gatewayWith>, toolChoice: 'auto' | 'none' = 'auto') {
    const request = { model: 'm', messages: history, tools, toolChoice, endUser: 'u', trace: 't', source: 's' };
    let text = '';
    let answer: ModelAnswer | undefined;
    for await (const event of gateway.stream(request, AbortSignal.timeout(10_000))) {
      if (event.type === 'text') text += event.text;
      else answer = event.answer;
    }
    expect(answer?.text).toBe(text);
    return answer!;
  }

  const spoken = { text: 'Now.\n<tool_call>\n{"name":"read","arguments":{"path":"b"}}\n</tool_call>', chunkSize: 3 };

  test('the tools stand in the prompt, the results in the text, the calls come out as calls', async () => {
    await using gateway = gatewayWith('prompted');
    model.enqueue(spoken);
    const answer = await ask(gateway);
    expect(answer).toMatchObject({
      text: 'Now.',
      toolCalls: [{ name: 'read', arguments: '{"path":"b"}' }],
      finishReason: 'tool_calls',
    });
    const { tools: sentTools, messages } = model.requests[0]!.body;
    expect(sentTools).toBeUndefined();
    expect(messages.map((message) => message.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages[0]?.content).toMatch(/^Be kind\.\n\n# Tools[^]*"name":"read"/);
    expect(messages[2]?.content).toBe('I look.\n<tool_call>\n{"name":"read","arguments":{"path":"a"}}\n</tool_call>');
    expect(messages[3]?.content).toBe('Result of the tool read:\nthe content');
    expect(model.requests[0]!.body.messages.some((message) => message.tool_calls)).toBe(false);
  });

  test('a model is asked in its own way first, and remembered when it has none', async () => {
    await using gateway = gatewayWith('auto');
    model.fail(1, { status: 400, body: errorBody(400, 'm does not support tools') });
    model.handle(() => spoken);
    expect((await ask(gateway)).toolCalls).toHaveLength(1);
    expect((await ask(gateway)).toolCalls).toHaveLength(1);
    expect(model.requests.map((request) => request.body.tools !== undefined)).toEqual([true, false, false]);
  });

  test('a model with tool calls of its own gets them as they are', async () => {
    await using gateway = gatewayWith('auto');
    model.enqueue({ toolCalls: [{ name: 'read', arguments: {}, id: 'c9' }] });
    expect((await ask(gateway)).toolCalls).toEqual([{ id: 'c9', name: 'read', arguments: '{}' }]);
    expect(model.requests[0]?.body.messages).toEqual(history);
  });

  test('when no tool may be called, the prompt says so', async () => {
    await using gateway = gatewayWith('prompted');
    model.enqueue({ text: 'Done.' });
    expect((await ask(gateway, 'none')).text).toBe('Done.');
    expect(model.requests[0]?.body.messages[0]?.content).toContain('No tool may be called any more');
  });
});
