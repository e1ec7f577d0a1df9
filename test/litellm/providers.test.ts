import { afterAll, beforeAll, expect, test } from 'vitest';
import { configureLogging } from '#shared/process/log.ts';
import { readProviderBlocks } from '#test/model/provider-blocks.ts';
import { ask, gatewayTo } from './ask.ts';
import { installLitellm } from './install.ts';
import { startNativeProviders, type NativeProviders } from './native-providers.ts';
import { startLitellm, type LitellmProxy } from './proxy.ts';

// The blocks of docs/providers.md for `docker compose up`, where the real LiteLLM turns OpenAI's format into the
// provider's own: each block's model and key go in as they stand; only the provider's address is played.

const blocks = readProviderBlocks().filter(({ variables }) => variables['LLM_MODEL'] !== undefined);
const PATHS: Record<string, string> = {
  OpenAI: '/chat/completions',
  Anthropic: '/v1/messages',
  Gemini: '/models/gemini-2.5-flash:streamGenerateContent',
};

let providers: NativeProviders;
let proxy: LitellmProxy;
beforeAll(async () => {
  configureLogging('test', 'silent');
  providers = await startNativeProviders();
  proxy = await startLitellm(await installLitellm(() => undefined), {}, (config) => {
    config.model_list = blocks.map(({ provider, variables }) => ({
      model_name: provider,
      // As litellm/config.yaml has it, with one group for each block.
      litellm_params: { model: variables['LLM_MODEL'], api_key: variables['LLM_API_KEY'], api_base: providers.url },
    }));
    config.mcp_servers = {};
  });
});
afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await providers?.[Symbol.asyncDispose]();
});

test('there is a block for each provider that stands behind LiteLLM', () => {
  expect(blocks.map(({ provider }) => provider)).toEqual(Object.keys(PATHS));
});

test.each(blocks)('$provider: the block leads to words and a call', async ({ provider, variables }) => {
  await using gateway = gatewayTo(proxy);
  const tools = [
    {
      type: 'function' as const,
      function: {
        name: 'current_time',
        description: 'The time',
        parameters: { type: 'object', properties: { timezone: { type: 'string' } } },
      },
    },
  ];
  const { answer } = await ask(gateway, provider, { tools });
  expect(answer.text).toBe('There are 2500 orders.');
  expect(answer.toolCalls).toMatchObject([{ name: 'current_time' }]);
  const request = providers.requests.findLast(({ path }) => path.endsWith(PATHS[provider] ?? '?'));
  expect(request?.key).toBe(variables['LLM_API_KEY']);
  expect(request?.body['tools']).toBeDefined();
});
