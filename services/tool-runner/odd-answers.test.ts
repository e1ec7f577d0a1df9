import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startOddServer, type OddTransport } from '#test/lib/odd-answers.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';

const script = path.resolve(import.meta.dirname, '../../test/lib/odd-answers.ts');

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** Calls a tool of a server that answers with `answer`. No test waits for the runner's time limit. */
async function call(transport: OddTransport, answer: string) {
  const remote = transport === 'stdio' ? undefined : stack.use(await startOddServer(transport, answer));
  const entry = remote
    ? { type: transport === 'sse' ? 'sse' : 'http', url: remote.url }
    : { command: process.execPath, args: [script, answer] };
  const runner = stack.use(await startToolRunner({ server: 'odd', entry, env: { TOOL_TIMEOUT_MS: '600000' } }));
  const client = await newestClient(runner);
  stack.defer(() => client.close());
  const result = await client.callTool({ name: 'odd__act', arguments: {} });
  expect(remote?.calls ?? 1).toBe(1);
  return { result, said: JSON.stringify(result.content) };
}

const hello = '"content":[{"type":"text","text":"hello"}]';
const answer = (members: string) => `{"jsonrpc":"2.0","id":<id>,${members}}`;
const lenient = {
  'NaN in structured content': answer(`"result":{${hello},"structuredContent":{"avg":NaN,"max":-Infinity}}`),
  '_meta null': answer(`"result":{${hello},"_meta":null,"isError":null,"structuredContent":null}`),
  'null in an item': answer('"result":{"content":[{"type":"text","text":"hello","annotations":null,"_meta":null}]}'),
  'error null beside the result': answer(`"error":null,"result":{${hello}}`),
  'no jsonrpc member': `{"id":<id>,"result":{${hello}}}`,
  'over several lines': `{\n  "jsonrpc": "2.0",\n  "id": <id>,\n  "result": {\n    ${hello}\n  }\n}`,
  'a batch of one': `[${answer(`"result":{${hello}}`)}]`,
  'a text alone as content': answer('"result":{"content":"hello"}'),
  'one part alone as content': answer('"result":{"content":{"type":"text","text":"hello"}}'),
  'texts without types': answer('"result":{"content":[null,"hello",{"text":"again"}]}'),
  'a text that is none': answer('"result":{"content":[{"type":"text","text":{"said":"hello"}}]}'),
  'content of a kind that nobody knows': answer('"result":{"content":[{"type":"table","rows":["hello"]}]}'),
  'content null and rows': answer('"result":{"content":null,"structuredContent":{"rows":[{"said":"hello"}]}}'),
  'rows that its text does not say': answer(
    '"result":{"content":[{"type":"text","text":"1 row"}],"structuredContent":{"rows":[{"said":"hello"}]}}',
  ),
  'structured content that is a list': answer('"result":{"content":[],"structuredContent":["hello"]}'),
  'a resource without a type': answer(
    '"result":{"content":[{"type":"resource","resource":{"uri":"x:1","text":"hello","mimeType":null}}]}',
  ),
  'a resource without its level': answer('"result":{"content":[{"type":"resource","uri":"x:1","text":"hello"}]}'),
  'a text that is sent as bytes': answer(
    `"result":{"content":[{"type":"resource","resource":{"uri":"x:1","mimeType":"application/json","blob":"${Buffer.from('{"said":"hello"}').toString('base64')}"}}]}`,
  ),
  'a result of 2024': answer('"result":{"toolResult":"hello"}'),
  'annotations, icons and _meta of wrong types': answer(
    '"result":{"content":[{"type":"text","text":"hello","annotations":"x","_meta":5}],"_meta":"x","isError":"false"}',
  ),
  'a byte order mark': `\ufeff${answer(`"result":{${hello}}`)}`,
  'CRLF at its end': `${answer(`"result":{${hello}}`)}\r`,
  'the id as a string': `{"jsonrpc":"2.0","id":"<id>","result":{${hello}}}`,
};
const hopeless = {
  'result null': answer('"result":null'),
  'no result and no error': '{"jsonrpc":"2.0","id":<id>}',
  'JSON that breaks off': answer(`"result":{${hello}, oops`).slice(0, -1) + '}',
  'Python written for JSON': "{'jsonrpc': '2.0', \"id\": <id>, 'result': {}}",
  'another version of the protocol': `{"jsonrpc":"1.0","id":<id>,"result":{${hello}}}`,
};

describe.each(['stdio', 'http', 'http-stream', 'sse'] as const)('an odd answer by %s', (transport) => {
  it.each(Object.entries(lenient))('with %s is understood', async (_, text) => {
    const { result, said } = await call(transport, text);
    expect(said).toContain('hello');
    expect(result.isError).not.toBe(true);
  });

  it.each(Object.entries(hopeless))('with %s ends the call at once, as answered', async (_, text) => {
    const { result, said } = await call(transport, text);
    expect(result.isError).toBe(true);
    expect(said).toContain('the answer cannot be read');
    expect(result._meta?.['dragoman/outcome']).toBeUndefined();
  });

  it('that is an error without the right form is an error, at once', async () => {
    const { result, said } = await call(transport, answer('"error":"out of paper"'));
    expect(result.isError).toBe(true);
    expect(said).toContain('was refused by its server');
  });
});

it('an error without the id of its request, over HTTP, is the answer to it', async () => {
  const text = '{"jsonrpc":"2.0","error":{"code":-32000,"message":"out of paper"},"id":null}';
  expect((await call('http', text)).said).toContain('was refused by its server');
});

it.each(['stdio', 'sse'] as const)('what is no message is passed over, by %s', async (transport) => {
  const noise = transport === 'stdio' ? 'starting {\n{ "level": "info" }\n[1, 2]\n\n' : '';
  expect((await call(transport, `${noise}${answer(`"result":{${hello}}`)}`)).said).toContain('hello');
});
