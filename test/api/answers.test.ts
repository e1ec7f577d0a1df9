import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as answers from '#services/api/openapi/answers.ts';
import { jsonSchemaOf } from '#services/api/http/json-schema.ts';
import { openApiDocument } from '#services/api/openapi/document.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startApiRig, type ApiRig } from './rig.ts';
import type { Json } from './sse.ts';

// What /openapi.json says of answers, compared with actual ones: no member that is not described, and none described
// that never comes.

let api: ApiRig;
let worker: AsyncDisposable;
let key: string;
beforeAll(async () => {
  api = await startApiRig();
  const toolbox = createPlayedToolbox({
    look: { run: () => '42' },
    write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
  });
  worker = await api.rig.worker({ toolbox });
  key = await api.key({ name: 'reader', roles: ['operator'] });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const seen = new Map<string, Set<string>>();

/** Compares an answer with what is said of its route. Returns it. */
async function answered(method: 'get' | 'post' | 'delete', path: string, at: string, json?: object): Promise<Json> {
  const response = await api.send(at, { key, ...(json ? { json } : { method: method.toUpperCase() }) });
  const body = (await response.json()) as Json;
  const described = openApiDocument().paths[path]?.[method] as
    | { responses: Record<number, { content: { 'application/json': { schema: object } } }> }
    | undefined;
  const schema = described?.responses[response.status]?.content['application/json'].schema;
  expect(schema, `${method} ${path}: ${response.status} ${JSON.stringify(body).slice(0, 300)}`).toBeDefined();
  ajv.validate(schema!, body);
  expect([path, ajv.errors]).toEqual([path, null]);
  return body;
}

/** Notes which members an answer has, by their paths. */
function note(name: string, value: Json, at = ''): void {
  const names = seen.get(name) ?? new Set();
  seen.set(name, names);
  if (Array.isArray(value)) for (const each of value) note(name, each, at);
  else if (typeof value === 'object' && value !== null) {
    for (const [member, inner] of Object.entries(value)) {
      names.add(`${at}${member}`);
      note(name, inner, `${at}${member}.`);
    }
  }
}

test('every member of an answer is described, and every one that is described comes', async () => {
  const model = 'gpt-agent';
  const ask = (script: string) => [{ role: 'user', content: mark(script, 'Go.') }];
  const usage = {
    prompt_tokens: 9,
    completion_tokens: 3,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 1 },
  };
  api.rig.model.script('look', [{ toolCalls: [{ name: 'look', arguments: {} }] }, { text: 'It is 42.', usage }]);
  api.rig.model.script('ring', [{ toolCalls: [{ name: 'ring', arguments: {} }], usage }]);
  api.rig.model.script('write', [{ toolCalls: [{ name: 'write', arguments: {} }] }, { text: 'Done.' }]);
  const ring = { name: 'ring', parameters: {} };
  const tools = [{ type: 'function', function: ring }];
  const own = [{ type: 'function', ...ring }];
  note(
    'completion',
    await answered('post', '/v1/chat/completions', '/v1/chat/completions', { model, messages: ask('look') }),
  );
  note(
    'completion',
    await answered('post', '/v1/chat/completions', '/v1/chat/completions', { model, messages: ask('ring'), tools }),
  );
  const responses = (json: object) => answered('post', '/v1/responses', '/v1/responses', json);
  const first = await responses({ input: ask('look') });
  note('response', first);
  note('response', await responses({ input: ask('look'), dragoman: { server_tools: 'function_call' } }));
  note('response', await responses({ input: ask('ring'), tools: [...own, { type: 'web_search' }] }));
  const waiting = await responses({ input: ask('write') });
  note('response', waiting);
  await answered('get', '/v1/responses/{id}', `/v1/responses/${first.id}`);
  await answered('get', '/v1/responses/{id}/input_items', `/v1/responses/${first.id}/input_items`);
  for (const each of (await answered('get', '/v1/approvals', '/v1/approvals')).data) note('approval', each);
  await answered('post', '/v1/responses/{id}/cancel', `/v1/responses/${waiting.id}/cancel`);
  const talk = await answered('post', '/chat', '/chat', { message: 'Hi.' });
  await answered('get', '/chat/{session}', `/chat/${talk.session_id}`);
  await answered('delete', '/chat/{session}', `/chat/${talk.session_id}`);
  for (const each of (await answered('get', '/v1/runs', '/v1/runs')).data) {
    note('run', each);
    note('runDetails', await answered('get', '/v1/runs/{id}', `/v1/runs/${each.id}`));
  }
  const replayed = await answered('post', '/v1/runs/{id}/replay', `/v1/runs/${talk.run}/replay`, {
    dry_run: true,
    from: 'start',
  });
  const replay = await answered('get', '/v1/runs/{id}', `/v1/runs/${replayed.run}`);
  note('run', replay);
  note('runDetails', replay);
  for (const each of (await answered('get', '/v1/audit', '/v1/audit')).data) note('auditRow', each);
  await answered('delete', '/v1/responses/{id}', `/v1/responses/${first.id}`);
  await expect
    .poll(async () => (await answered('get', '/v1/tools', '/v1/tools')).data.length, { timeout: 30_000 })
    .toBeGreaterThan(0);
  for (const each of (await answered('get', '/v1/tools', '/v1/tools')).data) note('tool', each);
  for (const path of ['/v1/usage', '/v1/failed', '/v1/models', '/v1/capabilities']) await answered('get', path, path);

  /** What needs days, an archive or Discord to come. */
  const rare = new Set(['archived', 'undeliverable', 'replayed_by', 'namespace', 'output.namespace']);
  const missing = Object.entries(answers).flatMap(([name, schema]) => {
    const known = seen.get(name) ?? new Set();
    const { required = [], properties = {} } = jsonSchemaOf(schema) as { required?: string[]; properties?: object };
    return [...new Set([...required, ...Object.keys(properties)])]
      .filter((member) => !known.has(member) && !rare.has(member))
      .map((member) => `${name}.${member}`);
  });
  expect(missing).toEqual([]);
  for (const member of ['usage.prompt_tokens_details.cached_tokens', 'choices.message.tool_calls.function.name']) {
    expect(seen.get('completion')?.has(member), member).toBe(true);
  }
}, 120_000);
