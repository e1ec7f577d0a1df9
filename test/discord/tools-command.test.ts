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

test('/tools tells about one tool, and /whoami about the person', async () => {
  const tool = { title: '', description: '', readOnly: true, inputSchema: {} };
  const path = { type: 'object', properties: { path: { description: 'The *file*' } }, required: ['path'] };
  await publishCatalogue(rig.redis, {
    at: 0,
    tools: [
      { ...tool, name: 'read_file', domain: 'filesystem', description: 'Reads a file.', inputSchema: path },
      { ...tool, name: 'write_file', domain: 'filesystem', readOnly: false },
      { ...tool, name: 'drop_all', domain: 'filesystem', readOnly: false },
    ],
    unreachable: [],
    prompts: [],
  });
  const use = async (author: string, name: string, options: Record<string, string> = {}) =>
    (await rig.controls.command({ channel: 'general', author, name, options }).outcome()).message?.content ?? '';
  expect(await use('Guest', 'tools', { tool: 'Read file' })).toMatch(
    /`read_file` \(filesystem\)\nReads a file\.\n- `path`: The \\\*file\\\*\n-# It only reads; runs without asking/,
  );
  expect(await use('Guest', 'tools', { tool: 'write_file' })).toContain('roles do not let you use it');
  expect(await use('Guest', 'tools', { tool: 'file' })).toContain('Did you mean `read_file`?');
  expect(await use('Olga', 'tools', { tool: 'write_file' })).toContain('✋ each call asks you');
  const guest = await use('Guest', 'whoami');
  expect(guest).toMatch(/\*\*Guest\*\*, a member here\n- Roles: `reader`\n- You may use 1 of 3 tools/);
  expect(guest).toContain('- You decide: for yourself');
  const olga = await use('Olga', 'whoami');
  expect(olga).toMatch(
    /- Roles: `reader`, `operator`\n- You may use 2 of 3 tools; .*\n- A yes is needed for `write_file`/,
  );
  expect(await use('Ada', 'whoami')).toContain('you manage this server');
});
