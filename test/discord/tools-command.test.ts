import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishCatalogue } from '#shared/run/catalogue.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false },
    environment: { POLICY_FILE: new URL('policy.yaml', import.meta.url).pathname },
  });
});
afterAll(() => rig[Symbol.asyncDispose]());

async function tools(): Promise<string> {
  const outcome = await rig.controls.command({ channel: 'general', author: 'Guest', name: 'tools' }).outcome();
  return outcome.message?.content ?? '';
}

test('/tools tells which tools a person has, the prompts of their servers, and what is away', async () => {
  expect(await tools()).toContain('No worker has said yet');
  const tool = { title: '', description: '', readOnly: true, inputSchema: {} };
  const prompt = { title: '', description: 'Greets *somebody*', arguments: ['who'] };
  await publishCatalogue(rig.redis, {
    at: 0,
    tools: [
      { ...tool, name: 'read_file', domain: 'filesystem' },
      { ...tool, name: 'write_file', domain: 'filesystem' },
      { ...tool, name: 'read_web__act', domain: 'web' },
    ],
    unreachable: ['storage'],
    prompts: [
      { ...prompt, server: 'web', name: 'greet' },
      { ...prompt, server: 'other', name: 'hidden' },
    ],
  });
  const said = await tools();
  expect(said).toContain('- **filesystem** `read_file`');
  expect(said).toContain('- **web** greet (who): Greets \\*somebody\\*');
  expect(said).not.toContain('hidden');
  expect(said).not.toContain('write_file');
  expect(said).toContain('Away at the moment: storage');
});
