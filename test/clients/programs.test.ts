import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ApiRig } from '#test/api/rig.ts';
import { serveApi } from '#test/api/serve.ts';
import { mark, messageText, type ChatTool } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { programs } from './matrix.ts';
import { codexGoesOn, codexInWords, programsByPackage, runProgram } from './programs.ts';

// Programs that have tools of their own: the server's run on the server, theirs run with them, in one conversation.
const commands = process.env['CLIENTS_PROGRAMS'] ?? '';

describe.skipIf(commands === '')('programs of npm', () => {
  let api: ApiRig;
  let key: string;
  const toolbox = createPlayedToolbox({
    look: { run: () => 'The answer is 42.' },
    write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
  });
  serveApi(toolbox, (started) => void (api = started));
  beforeAll(async () => void (key = await api.key()));

  test.each(Object.keys(programs))('%s uses a tool of the server and its own shell', async (name) => {
    const program = programsByPackage[name];
    if (!program) throw new Error(`programs.ts does not know ${name}`);
    const home = await mkdtemp(path.join(tmpdir(), 'dragoman-client-'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    const place = { commands, home, base: `${api.url}/v1`, key };
    await program.setUp(place);
    api.rig.model.script('work', ({ results, body }) => {
      if (results.length === 0) return { text: 'I look. ', toolCalls: [{ name: 'look', arguments: {} }] };
      if (results.length === 1) return { toolCalls: [shellCall(body.tools ?? [])] };
      return { text: 'Both have answered.' };
    });
    const written = await runProgram(place, program.command, program.ask(place, mark('work', 'Do both.')));
    expect(written).toContain('Both have answered.');
    expect(toolbox.calls.map(({ tool }) => tool)).toEqual(['look']);
    const { messages = [], tools = [] } = api.rig.model.requests.at(-1)?.body ?? {};
    const results = messages.filter(({ role }) => role === 'tool').map(messageText);
    expect(results).toEqual(['The answer is 42.', expect.stringContaining('from-the-shell')]);
    // None of them can show a question, so that what wants a yes is not offered.
    expect(tools.map((tool) => tool.function.name)).not.toContain('write');
  });

  test.each([
    ['yes', 'It is written.', 1],
    ['no', 'Then not.', 0],
  ])('Codex shows in words what waits for a yes, and goes on with %s', async (word, end, made) => {
    const home = await mkdtemp(path.join(tmpdir(), 'dragoman-client-'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    const place = { commands, home, base: `${api.url}/v1`, key: await api.key({ roles: ['operator'] }) };
    await codexInWords.setUp(place);
    api.rig.model.script('ask', [
      { text: 'I write it. ', toolCalls: [{ name: 'write', arguments: { path: 'a.txt' } }] },
      { text: end },
    ]);
    const asked = await runProgram(place, 'codex', codexInWords.ask(place, mark('ask', 'Write a.txt.')));
    expect(asked).toMatch(/Waiting for approval: run api-[^]*`write`[^]*a\.txt/);
    expect(toolbox.calls).toEqual([]);
    expect(await runProgram(place, 'codex', codexGoesOn(word))).toContain(end);
    expect(toolbox.calls).toHaveLength(made);
  });
});

/** A call of the program's own shell, whatever it calls it. */
function shellCall(tools: ChatTool[]) {
  const shell = tools.find((tool) => /^(?:exec_command|Bash|run_commands)$/.test(tool.function.name));
  const name = shell?.function.name ?? 'no shell among the tools';
  const echo = 'echo from-the-shell';
  if (name === 'run_commands') return { name, arguments: { commands: [echo] } };
  return { name, arguments: name === 'exec_command' ? { cmd: echo } : { command: echo } };
}
