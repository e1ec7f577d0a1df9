import type { ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
let folder: string;
let servers: string;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  rig = await startRig({
    model: {
      extra(request, response) {
        if (request.url !== '/v1/model/info') return false;
        answer(response);
        return true;
      },
    },
  });
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-family-'));
  servers = path.join(folder, 'servers.json');
  await writeFile(servers, '{ "mcpServers": {} }');
});
afterAll(async () => {
  await rig?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const deployed = (model: string) => ({ data: [{ model_name: 'default', litellm_params: { model }, model_info: {} }] });

// OpenAI's and Anthropic's form of a schema may say that nothing more is allowed; the others' may not.
test.each<[string, (response: ServerResponse) => void, boolean]>([
  ["OpenAI's", (response) => response.end(JSON.stringify(deployed('openai/gpt-5-mini'))), true],
  ["Anthropic's", (response) => response.end(JSON.stringify(deployed('anthropic/claude-sonnet-5'))), true],
  ["Google's", (response) => response.end(JSON.stringify(deployed('gemini/gemini-2.5-flash'))), false],
  ['not told of', (response) => response.writeHead(404).end(), false],
  ['told of by something else', (response) => response.end('<html>'), false],
  ['never told of', () => undefined, false],
])('a model that is %s gets its tools in a form that it takes', async (_, send, rich) => {
  answer = send;
  await using _worker = await rig.worker({}, { MCP_SERVERS_FILE: servers });
  // The first question does not wait for long.
  await expect.poll(closedSchema, { timeout: 20_000 }).toBe(rich);
});

/** Asks the model; whether the schema that it was sent says that nothing more is allowed. */
async function closedSchema(): Promise<boolean | undefined> {
  rig.model.reset();
  expect(await rig.ask('What time is it?')).toMatchObject({ outcome: 'answered' });
  const sent = rig.model.requests[0]?.body.tools?.map((tool) => (tool.type === 'function' ? tool.function : undefined));
  const clock = sent?.find((tool) => tool?.name === 'current_time');
  return clock && Object.hasOwn(clock.parameters ?? {}, 'additionalProperties');
}
