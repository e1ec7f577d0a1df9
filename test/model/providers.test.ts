import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { gatewayVariables } from '#shared/process/gateway-variables.ts';
import { loadConfig } from '#shared/ground/config.ts';
import { createGateway } from '#services/worker/gateway/create-gateway.ts';
import type { ModelAnswer } from '#services/worker/gateway/gateway.ts';
import { z } from 'zod';
import { readProviderBlocks, readReadmeLines, type ProviderBlock } from './provider-blocks.ts';
import { eventsOf, readShapes, type Shape } from './shapes/driver.ts';

// The blocks of docs/providers.md, each as it stands, but for the host: the endpoint there is played. It answers on the
// provider's own path only, to the block's own key and model, in the way in which the provider was recorded.

const blocks = readProviderBlocks().filter(({ variables }) => variables['LITELLM_API_BASE'] !== undefined);
const shapes = new Map(readShapes().map(({ file, shapes: all }) => [file.replace('.json', ''), all]));
/** Which recorded provider speaks behind a block; Anthropic and Gemini stand behind LiteLLM. */
const SPOKEN: Record<string, string> = {
  OpenAI: 'openai',
  Anthropic: 'litellm',
  Gemini: 'litellm',
  OpenRouter: 'openrouter',
  Groq: 'groq',
  Ollama: 'ollama',
  'LM Studio': 'lm-studio',
};

interface Heard {
  path: string | undefined;
  key: string | undefined;
  body: { model?: string; tools?: unknown[]; stream?: boolean };
}

const server = createServer((request, response) => void answer(request, response));
let heard: Heard[] = [];
let shape: Shape;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());
beforeEach(() => {
  heard = [];
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  // Beside the question the gateway may ask what the endpoint knows of its models; a provider need not answer that.
  if (request.method !== 'POST') return void response.writeHead(404).end('{}');
  heard.push({ path: request.url, key: request.headers.authorization, body: JSON.parse(text) as Heard['body'] });
  response.writeHead(200, { 'content-type': 'text/event-stream', ...shape.headers });
  for (const event of eventsOf(shape)) response.write(event);
  response.end();
}

/** The block's variables as a service reads them, with the played endpoint in place of the provider's host. */
function configOf({ variables }: ProviderBlock) {
  const base = new URL(variables['LITELLM_API_BASE'] ?? '');
  const played = `http://127.0.0.1:${(server.address() as AddressInfo).port}${base.pathname}`;
  return { base, config: loadConfig(z.object(gatewayVariables), { ...variables, LITELLM_API_BASE: played }) };
}

async function ask(block: ProviderBlock): Promise<ModelAnswer | undefined> {
  const { config } = configOf(block);
  await using gateway = createGateway({
    ...config,
    TOOL_PROTOCOL: 'auto',
    MODEL_TIMEOUT_MS: 20_000,
    MODEL_FIRST_TOKEN_TIMEOUT_MS: 20_000,
    MODEL_IDLE_TIMEOUT_MS: 20_000,
  });
  const tools = ['current_time', 'postgres_query'].map((name) => ({
    type: 'function' as const,
    function: { name, description: name, parameters: { type: 'object', properties: {} } },
  }));
  const messages = [{ role: 'user' as const, content: 'How many orders?' }];
  const asked = {
    model: config.MODEL_NAME,
    messages,
    tools,
    toolChoice: 'auto' as const,
    endUser: 'u',
    trace: 't',
    source: 's',
  };
  let last: ModelAnswer | undefined;
  for await (const event of gateway.stream(asked, new AbortController().signal)) {
    if (event.type === 'answer') last = event.answer;
  }
  return last;
}

/** A recorded answer of this provider of one kind: words, or calls of tools. */
function recorded(provider: string, kind: 'words' | 'calls'): Shape {
  const all = shapes.get(SPOKEN[provider] ?? '') ?? [];
  const plain = all.filter(
    ({ stream, refuse, expect: { error, ending } }) => stream && !refuse && !error && !ending && stream[0] !== 'NDJSON',
  );
  const found = plain.find(({ expect: { text, calls } }) =>
    kind === 'calls' ? (calls?.length ?? 0) > 0 : (text ?? '') !== '',
  );
  if (!found) throw new Error(`no shape of ${provider} has ${kind}`);
  return found;
}

test('there is a block for each provider that the page promises', () => {
  expect(blocks.map(({ provider }) => provider)).toEqual(Object.keys(SPOKEN));
});

test('the lines of README.md are those blocks', () => {
  const direct = blocks.filter(({ provider }) => SPOKEN[provider] !== 'litellm');
  expect(readReadmeLines()).toEqual(direct);
});

test.each(blocks)('$provider: the block leads to words and to calls of tools', async (block) => {
  for (const kind of ['words', 'calls'] as const) {
    shape = recorded(block.provider, kind);
    const got = await ask(block);
    const { base, config } = configOf(block);
    const [request] = heard.splice(0);
    expect(request).toMatchObject({
      path: `${base.pathname}/chat/completions`,
      key: `Bearer ${block.variables['LITELLM_API_KEY'] ?? config.LITELLM_API_KEY}`,
      body: { model: block.variables['MODEL_NAME'] ?? 'default', stream: true },
    });
    expect(request?.body.tools).toHaveLength(2);
    if (kind === 'words') expect(got?.text).toBe(shape.expect.text);
    else expect(got?.toolCalls.map(({ name }) => name)).toEqual(shape.expect.calls?.map(({ name }) => name));
  }
});
