import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelGateway } from '#services/worker/gateway/gateway.ts';
import { UpstreamError } from '#shared/ground/errors.ts';
import { configureLogging } from '#shared/process/log.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';
import type { Turn } from '#test/model/turn.ts';
import { startToolRunner, type TestToolRunner } from '#test/lib/tool-runner.ts';
import { ask, failureOf, gatewayTo } from './ask.ts';
import { cases } from './cases.ts';
import { installLitellm } from './install.ts';
import { callTool, listTools } from './mcp.ts';
import { startLitellm, type LitellmConfig, type LitellmProxy } from './proxy.ts';

// Puts the real LiteLLM with litellm/config.yaml between the worker's gateway and a played provider.

const token = 'a1b2c3d4e5f6';
const policy = readFileSync(path.resolve(import.meta.dirname, '../../mcp/policy.yaml'), 'utf8');
const nowhere = 'http://127.0.0.1:9/v1';

/** What the played provider answers, by model name. */
const turns: Record<string, Turn> = {};
let model: PlayedModel;
let runner: TestToolRunner;
let proxy: LitellmProxy;
let gateway: ModelGateway;
const cleanup = new AsyncDisposableStack();

beforeAll(async () => {
  configureLogging('test', 'silent');
  model = cleanup.use(await startPlayedModel());
  model.handle(({ body }) => turns[body.model] ?? { text: `Answer of ${body.model}.` });
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-contract-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, 'hello.txt'), 'Hello from the workspace.');
  const clients = path.join(folder, '.clients.json');
  await writeFile(clients, JSON.stringify({ litellm: createHash('sha256').update(token).digest('hex') }));
  const env = { FILESYSTEM_ROOT: folder, MCP_CLIENTS_FILE: clients };
  runner = cleanup.use(await startToolRunner({ server: 'filesystem', policy, env }));
  const environment = {
    LLM_MODEL: 'openai/gpt-5-mini',
    LLM_API_KEY: 'none',
    LLM_API_BASE: model.url,
    MCP_TOKEN_POSTGRES: 'none',
    MCP_TOKEN_STORAGE: 'none',
    MCP_TOKEN_FETCH: 'wrong',
    MCP_TOKEN_FILESYSTEM: token,
  };
  proxy = cleanup.use(await startLitellm(await installLitellm(console.log), environment, addGroups));
  gateway = cleanup.use(gatewayTo(proxy));
}, 600_000);
afterAll(() => cleanup.disposeAsync());

/** Each case has its own model group, so that none cools down because of another's failures. */
function addGroups(config: LitellmConfig): void {
  function group(name: string, params: object = {}, info?: Record<string, unknown>): void {
    const litellm_params = { model: `openai/${name}`, api_base: model.url, api_key: 'none', ...params };
    config.model_list.push({ model_name: name, litellm_params, ...(info && { model_info: info }) });
  }
  for (const [name, { params }] of Object.entries(cases)) group(name, params);
  group('priced', {}, { input_cost_per_token: 1e-5, output_cost_per_token: 3e-5 });
  group('poor', { max_budget: 1e-9, budget_duration: '1d' }, { input_cost_per_token: 1, output_cost_per_token: 1 });
  group('gone', { api_base: nowhere });
  group('gone-too', { api_base: nowhere });
  group('small');
  group('of-google', { model: 'gemini/gemini-2.5-flash', api_base: undefined });
  group('of-several', { model: 'anthropic/claude-sonnet-4-5', api_base: undefined });
  group('of-several', { model: 'gemini/gemini-2.5-flash', api_base: undefined });
  group('of-azure', { model: 'azure/ours', api_base: nowhere });
  group('apart', { model: 'claude-sonnet-4-5', custom_llm_provider: 'anthropic', api_base: undefined });
  group('cooling');
  group('silent', { keepalive_seconds: 1 });
  group('silent-then-busy', { keepalive_seconds: 1 });
  // The file's own interval would take a minute to see.
  expect(config.litellm_settings['sse_keepalive_ping_interval_seconds']).toBe(15);
  config.router_settings['fallbacks'] = [{ gone: ['priced'] }];
  config.router_settings['context_window_fallbacks'] = [{ small: ['priced'] }];
  for (const [name, server] of Object.entries(config.mcp_servers)) {
    // `web` has a wrong token, and the others are away. Neither may keep `files` from working.
    server.url = name === 'files' || name === 'web' ? runner.url : 'http://127.0.0.1:9/mcp';
  }
}

test('the gateway finds the proxy well', async () => {
  await expect(gateway.check()).resolves.toBeUndefined();
});

test.each([
  ['default', 'openai'],
  ['of-google', 'gemini'],
  ['of-several', 'mixed'],
  ['of-azure', 'openai'],
  ['apart', 'anthropic'],
  ['priced', 'other'],
  ['nobody', 'other'],
])('the gateway reads of the group %s that its family is %s', async (name, family) => {
  await expect.poll(() => gateway.familyOf(name)).toBe(family);
});

describe('an answer', () => {
  test('streams as text with usage and cost', async () => {
    turns['priced'] = {
      text: 'One two three four five six.',
      chunkSize: 5,
      chunkDelayMs: 300,
      usage: { prompt_tokens: 1_000, completion_tokens: 500 },
    };
    const { answer, texts } = await ask(gateway, 'priced');
    expect(answer).toMatchObject({ text: 'One two three four five six.', finishReason: 'stop' });
    expect(texts.length).toBeGreaterThan(1);
    expect(answer.usage).toMatchObject({ inputTokens: 1_000, outputTokens: 500 });
    expect(answer.usage?.estimated).toBe(false);
    expect(answer.usage?.costUsd).toBeCloseTo(0.025, 6);
  });

  test('brings parallel tool calls whole, ids and broken characters included', async () => {
    const calls = [
      { id: 'call_A+/=1', name: 'read_file', arguments: { path: 'ä "b" \\ 日本.txt' } },
      { id: 'call_2', name: 'list_directory', arguments: {} },
    ];
    turns['priced'] = { text: 'I look.', toolCalls: calls };
    const tools = ['read_file', 'list_directory'].map((name) => ({
      type: 'function' as const,
      function: { name, parameters: { type: 'object', properties: {} } },
    }));
    const { answer } = await ask(gateway, 'priced', { tools });
    expect(answer.finishReason).toBe('tool_calls');
    const got = answer.toolCalls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) as unknown }));
    expect(got).toEqual(calls);
    const seen = model.requests.at(-1)?.request.toolNames;
    expect(seen).toEqual(['read_file', 'list_directory']);
  });

  test('of the model that .env names has a cost as well', async () => {
    turns['gpt-5-mini'] = { text: 'x', usage: { prompt_tokens: 1_000, completion_tokens: 500 } };
    const { answer } = await ask(gateway, 'default');
    expect(answer.usage?.costUsd).toBeGreaterThan(0);
  });
});

test('cost agrees within 1 % with what LiteLLM counts as spent', async () => {
  const before = await spent('priced');
  let sum = 0;
  for (const tokens of [10, 333, 5_000, 77_777]) {
    turns['priced'] = { text: 'x', usage: { prompt_tokens: tokens * 3, completion_tokens: tokens } };
    sum += (await ask(gateway, 'priced')).answer.usage?.costUsd ?? 0;
  }
  // LiteLLM counts only after it has answered.
  await expect
    .poll(async () => Math.abs((await spent('priced')) - before - sum) / sum, { timeout: 60_000 })
    .toBeLessThan(0.01);
});

/** US dollars that LiteLLM's own metrics show for a model group. */
async function spent(group: string): Promise<number> {
  const text = await (await fetch(`${proxy.url}/metrics/`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('litellm_spend_metric_total{'));
  return lines
    .filter((line) => line.includes(`"${group}"`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

describe('a failure of the provider', () => {
  test.concurrent.each(Object.entries(cases))('%s', async (name, { turn, reasons }) => {
    turns[name] = turn;
    const error = await failureOf(ask(gateway, name));
    expect(reasons, String(error.cause)).toContain(error.reason);
    expect(error.message).not.toContain('sk-');
  });
});

describe('a failure of LiteLLM itself', () => {
  test('unknown model', async () => {
    expect((await failureOf(ask(gateway, 'nobody'))).reason).toBe('model-not-found');
  });

  test('wrong key', async () => {
    await using wrong = gatewayTo(proxy, '/v1', 'sk-wrong-key');
    expect((await failureOf(ask(wrong, 'default'))).reason).toBe('bad-key');
    await expect(wrong.check()).rejects.toMatchObject({ reason: 'bad-key' });
  });

  test('wrong address', async () => {
    await using wrong = gatewayTo(proxy, '/v1/nothing/here');
    expect((await failureOf(ask(wrong, 'default'))).reason).toBe('bad-endpoint');
  });

  test('a budget that is used up', async () => {
    turns['poor'] = { text: 'x', usage: { prompt_tokens: 10, completion_tokens: 10 } };
    // The first answer spends the budget. When LiteLLM has counted that, there is no further answer.
    const tries = async () =>
      ask(gateway, 'poor').then(
        () => 'answered',
        (error: { reason: string }) => error.reason,
      );
    await expect.poll(tries, { timeout: 60_000, interval: 500 }).toBe('budget-exceeded');
  });

  test('a group that cools down says how long to wait', async () => {
    turns['cooling'] = cases['bad-provider-key']?.turn ?? {};
    const tries = async () => {
      const error = await failureOf(ask(gateway, 'cooling'));
      return error instanceof UpstreamError && error.reason === 'rate-limit' ? (error.retryAfterMs ?? 0) : 0;
    };
    await expect.poll(tries, { timeout: 120_000, interval: 10 }).toBeGreaterThan(0);
  });
});

describe('fallbacks', () => {
  test('another group answers when all deployments of one are away', async () => {
    turns['priced'] = { text: 'From the other group.' };
    expect((await ask(gateway, 'gone')).answer.text).toBe('From the other group.');
  });

  test('and when a conversation is too long for one', async () => {
    turns['small'] = cases['context-too-long']?.turn ?? {};
    turns['priced'] = { text: 'There is room here.' };
    expect((await ask(gateway, 'small')).answer.text).toBe('There is room here.');
  });

  test('without one, the failure is to be tried again', async () => {
    expect(await failureOf(ask(gateway, 'gone-too'))).toBeInstanceOf(UpstreamError);
  });
});

describe("LiteLLM's MCP gateway", () => {
  test('lists what the policy lets LiteLLM use, though other servers are away', async () => {
    const names = await listTools(proxy);
    // The smaller set of the policy's role `gateway`.
    expect(names.toSorted()).toEqual(['files-list_directory', 'files-read_file']);
  });

  test('calls a tool of a tool-runner', async () => {
    expect(await callTool(proxy, 'files-read_file', { path: 'hello.txt' })).toContain('Hello from the workspace.');
  });

  test('cannot call what needs a human', async () => {
    const answer = await callTool(proxy, 'files-write_file', { path: 'a.txt', content: 'x' });
    expect(answer).toMatch(/nobody to ask|not allowed|not found|unknown tool/i);
  });

  test('gets nothing with a wrong token', async () => {
    expect((await listTools(proxy)).filter((name) => name.startsWith('web-'))).toEqual([]);
  });
});

test('a model that is silent, before its first word and within its answer, keeps its connection alive', async () => {
  turns['silent'] = { text: 'At last an answer.', delayMs: 3_500, chunkSize: 9, chunkDelayMs: 2_500 };
  const body = { model: 'silent', stream: true, messages: [{ role: 'user', content: 'hello' }] };
  const response = await fetch(`${proxy.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${proxy.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const [before = '', ...within] = (await response.text()).split('data: {');
  expect(before).toMatch(/^: /m);
  expect(within.some((part) => /^: /m.test(part))).toBe(true);
  // The worker's gateway passes over them.
  const { answer } = await ask(gateway, 'silent');
  expect(answer).toMatchObject({ text: 'At last an answer.', usage: { estimated: expect.any(Boolean) } });
}, 120_000);

test('what fails after a comment has left is told all the same', async () => {
  turns['silent-then-busy'] = { delayMs: 3_500, error: { status: 401 } };
  const error = await failureOf(ask(gateway, 'silent-then-busy'));
  expect([error.reason, error.message]).toEqual(['bad-key', expect.any(String)]);
}, 120_000);
