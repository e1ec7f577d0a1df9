import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.model.reset());

const results = () => rig.model.requests.at(-1)?.request.results.map((result) => result.text);

describe('the calls of one turn', () => {
  it('run side by side when they only read', async () => {
    let open = 0;
    let both: () => void = () => undefined;
    const together = new Promise<void>((resolve) => {
      both = resolve;
    });
    const run = async ({ arguments: { at } }: { arguments: Record<string, unknown> }) => {
      open += 1;
      if (open === 2) both();
      await together;
      return `saw ${String(at)}`;
    };
    const toolbox = createPlayedToolbox({ look: { run } });
    await using _ = await rig.worker({ toolbox });
    const calls = ['a', 'b'].map((at) => ({ name: 'look', arguments: { at } }));
    rig.model.script('parallel', [{ toolCalls: calls }, { text: 'Done.' }]);
    await rig.ask(mark('parallel', 'Look twice.'));
    expect(results()).toEqual(['saw a', 'saw b']);
  });

  it('run in order when one of them writes', async () => {
    const log: string[] = [];
    const noted = (name: string) => async () => {
      log.push(`${name} begins`);
      await sleep(5);
      log.push(`${name} ends`);
      return name;
    };
    const toolbox = createPlayedToolbox({
      look: { run: noted('look') },
      write: { run: noted('write'), readOnly: false },
    });
    await using _ = await rig.worker({ toolbox });
    const names = ['write', 'look', 'write'];
    rig.model.script('order', [{ toolCalls: names.map((name) => ({ name, arguments: {} })) }, { text: 'Done.' }]);
    await rig.ask(mark('order', 'Write, look, write.'));
    expect(log).toEqual(names.flatMap((name) => [`${name} begins`, `${name} ends`]));
    expect(results()).toEqual(names);
  });

  it("run in order when their server keeps a state for the run, which is told of the run's end", async () => {
    const log: string[] = [];
    const noted = (name: string) => async () => {
      log.push(`${name} begins`);
      await sleep(5);
      log.push(`${name} ends`);
      return name;
    };
    const browser = { domain: 'browser', stateful: true };
    const toolbox = createPlayedToolbox({
      open: { run: noted('open'), ...browser },
      look: { run: noted('look'), ...browser },
      idle: { run: () => 'idle', domain: 'other', stateful: true },
    });
    await using _ = await rig.worker({ toolbox });
    const names = ['open', 'look', 'look'];
    rig.model.script('state', [
      { toolCalls: names.map((name, at) => ({ name, arguments: { at } })) },
      { text: 'Done.' },
    ]);
    await rig.ask(mark('state', 'Open and look.'));
    expect(log).toEqual(names.flatMap((name) => [`${name} begins`, `${name} ends`]));
    await expect.poll(() => toolbox.ended).toEqual(['browser']);
  });
});

describe('a call that cannot be run', () => {
  it('is answered to the model, which mends it', async () => {
    const toolbox = createPlayedToolbox({ look: { run: () => 'seen' } });
    await using _ = await rig.worker({ toolbox });
    rig.model.script('mend', [
      {
        toolCalls: [
          { name: 'look', arguments: '{"at": ' },
          { name: 'look', arguments: { at: [1] } },
          { name: 'peek', arguments: {} },
        ],
      },
      { toolCalls: [{ name: 'look', arguments: { at: 'a' } }] },
      { text: 'Mended.' },
    ]);
    const end = await rig.ask(mark('mend', 'Look.'));
    expect(end).toMatchObject({ outcome: 'answered', text: 'Mended.', tools: ['look'] });
    expect(rig.model.requests[1]?.request.results.map((result) => result.text)).toEqual([
      'The arguments are not valid JSON.',
      'at must be a string or a number.',
      'There is no tool peek. The tools are: look.',
    ]);
    expect(toolbox.calls).toHaveLength(1);
  });

  it('of a tool that is not there while a system is away does not say that there is none', async () => {
    const toolbox = createPlayedToolbox({ look: { run: () => 'seen' } });
    toolbox.unreachable.push('store');
    await using _ = await rig.worker({ toolbox });
    rig.model.script('away', [{ toolCalls: [{ name: 'put', arguments: {} }] }, { text: 'Later.' }]);
    await rig.ask(mark('away', 'Put it there.'));
    expect(rig.model.requests[1]?.request.results.map((result) => result.text)).toEqual([
      'put was not called: the tools are look, and these systems cannot be reached at the moment: store. Do without it, or tell the user.',
    ]);
  });

  it('is bounded: then the model has to answer without tools', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({ look: { run: () => 'seen' } }) });
    rig.model.handle(({ body }) =>
      body.tool_choice === 'none' ? { text: 'I could not.' } : { toolCalls: [{ name: 'peek', arguments: {} }] },
    );
    const end = await rig.ask('Peek.');
    expect(end).toMatchObject({ outcome: 'answered', text: 'I could not.', iterations: 4 });
  });

  it('ends the run plainly when the model does not stop even then', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({ look: { run: () => 'seen' } }) });
    rig.model.handle(() => ({ toolCalls: [{ name: 'peek', arguments: {} }] }));
    const end = await rig.ask('Peek.');
    expect(end).toMatchObject({ outcome: 'failed', reason: 'useless-calls', iterations: 4 });
    expect(end.text).toContain('kept making tool calls that cannot be run');
  });

  it('is not made a fourth time with the same arguments', async () => {
    const toolbox = createPlayedToolbox({ look: { run: () => 'nothing new' } });
    await using _ = await rig.worker({ toolbox });
    rig.model.handle(({ body }) =>
      body.tool_choice === 'none'
        ? { text: 'Nothing new.' }
        : { toolCalls: [{ name: 'look', arguments: { at: 'a' } }] },
    );
    const end = await rig.ask('Look until something changes.');
    expect(end).toMatchObject({ outcome: 'answered', text: 'Nothing new.' });
    expect(toolbox.calls).toHaveLength(3);
  });
});
