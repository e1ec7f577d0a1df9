import { describe, expect, test } from 'vitest';
import { AnswerParts } from './assemble.ts';

function push(deltas: unknown[], finish: string | null = 'tool_calls'): AnswerParts {
  const parts = new AnswerParts();
  for (const delta of deltas) parts.push(JSON.stringify({ choices: [{ delta }] }));
  if (finish !== null) parts.push(JSON.stringify({ choices: [{ delta: {}, finish_reason: finish }] }));
  return parts;
}

const call = (fields: object, name?: string, args?: unknown) => ({
  tool_calls: [
    { ...fields, function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) } },
  ],
});

describe('tool calls', () => {
  const two = [
    { id: 'c1', name: 'a', arguments: '{"x":1}' },
    { id: 'c2', name: 'b', arguments: '{}' },
  ];
  test.each<[string, unknown[]]>([
    [
      'in pieces by index',
      [
        call({ index: 0, id: 'c1' }, 'a', ''),
        call({ index: 0 }, undefined, '{"x"'),
        call({ index: 1, id: 'c2' }, 'b', ''),
        call({ index: 0 }, undefined, ':1}'),
        call({ index: 1 }, undefined, '{}'),
      ],
    ],
    ['whole in one piece, without an index', [call({ id: 'c1' }, 'a', '{"x":1}'), call({ id: 'c2' }, 'b', '{}')]],
    [
      'in pieces by id, without an index',
      [call({ id: 'c1' }, 'a', '{"x":'), call({ id: 'c1' }, 'a', '1}'), call({ id: 'c2' }, 'b', '{}')],
    ],
    [
      'without index and id after the first piece',
      [call({ id: 'c1' }, 'a', ''), call({}, undefined, '{"x":1}'), call({ id: 'c2' }, 'b'), call({}, undefined, '{}')],
    ],
    ['all with index 0', [call({ index: 0, id: 'c1' }, 'a', '{"x":1}'), call({ index: 0, id: 'c2' }, 'b', '{}')]],
    [
      'with the name in each piece',
      [
        call({ index: 0, id: 'c1' }, 'a', '{"x":'),
        call({ index: 0, id: 'c1' }, 'a', '1}'),
        call({ index: 1, id: 'c2' }, 'b', '{}'),
      ],
    ],
    [
      'with arguments that are no text',
      [call({ index: 0, id: 'c1' }, 'a', { x: 1 }), call({ index: 1, id: 'c2' }, 'b', {})],
    ],
  ])('%s', (_, deltas) => {
    expect(push(deltas).finish().toolCalls).toEqual(two);
  });

  test('ids that are missing or come twice are made up, others stay byte for byte', () => {
    const signature = `call_${'A+/='.repeat(200)}`;
    const calls = push([
      call({ index: 0, id: signature }, 'a', '{}'),
      call({ index: 1, id: signature }, 'a', '{}'),
      call({ index: 2 }, 'a', '{}'),
    ]).finish().toolCalls;
    expect(calls[0]?.id).toBe(signature);
    expect(new Set(calls.map((each) => each.id)).size).toBe(3);
    expect(calls.every((each) => each.id !== '')).toBe(true);
  });

  test('a name in pieces, an empty name, an empty call', () => {
    const calls = push([
      call({ index: 0, id: 'c1' }, 'read_'),
      call({ index: 0 }, 'file', '{}'),
      call({ index: 1, id: 'c2' }, '', '{"a":1}'),
      call({ index: 2, id: 'c3' }, '', ''),
    ]).finish().toolCalls;
    expect(calls.map((each) => each.name)).toEqual(['read_file', 'unnamed_tool']);
  });
});

describe('an answer is complete', () => {
  const done = (parts: AnswerParts): AnswerParts => {
    parts.push('[DONE]');
    return parts;
  };
  test('with a finish reason', () => expect(push([{ content: 'x' }], 'stop').complete).toBe(true));
  test('with the last word alone, as some providers end', () => {
    const parts = done(push([{ content: 'x' }, call({ index: 0, id: 'c' }, 'a', '{}')], null));
    expect(parts.complete).toBe(true);
    expect(parts.finish().finishReason).toBe('tool_calls');
  });
  test('but not without either', () => expect(push([{ content: 'x' }], null).complete).toBe(false));
  test('nor with the last word and half a tool call', () => {
    expect(done(push([call({ index: 0, id: 'c' }, 'a', '{"x":')], null)).complete).toBe(false);
  });
  test('nor with the last word and nothing else', () => expect(done(push([], null)).complete).toBe(false));
});

describe('reasoning in tags', () => {
  test.each<[string, string]>([
    ['<think>a</think>b', 'b'],
    [' \n<THINKING>a < b</thinking>\n\nb', 'b'],
    ['<think>a</think>', ''],
    ['<think>never ends', ''],
    ['<thin', '<thin'],
    ['<thing> is a tag', '<thing> is a tag'],
    ['the <think> tag</think>', 'the <think> tag</think>'],
    ['plain', 'plain'],
  ])('%j', (text, shown) => {
    for (const size of [1, 3, 100]) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        text.slice(at * size, (at + 1) * size),
      );
      const parts = push(
        pieces.map((content) => ({ content })),
        'stop',
      );
      const streamed = parts.takeText();
      const answer = parts.finish();
      expect(answer.text).toBe(shown);
      expect(streamed + parts.takeText()).toBe(shown);
    }
  });
});

test('content in parts is text; a refusal without an answer is an error', () => {
  expect(push([{ content: [{ type: 'text', text: 'a' }, { text: 'b' }] }], 'stop').finish().text).toBe('ab');
  expect(() => push([], 'content_filter').finish()).toThrow('refused');
  expect(push([{ content: 'a' }], 'content_filter').finish()).toMatchObject({ finishReason: 'content_filter' });
});
