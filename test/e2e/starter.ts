import { statSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { processesNaming, startProgram } from '#test/lib/stack.ts';
import type { World } from './world.ts';

/** How `npm start` keeps its processes. The last of these tests ends the stack. */
export function starterScenarios(world: () => World): void {
  it('tells nothing of parts that are only starting', () => {
    expect(world().stack.starter.stderr()).not.toContain('tool-runner failed');
  });

  it('keeps its secrets to its owner', () => {
    expect(statSync(path.join(world().stack.folder, 'stack.json')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(world().stack.folder, 'secrets')).mode & 0o777).toBe(0o700);
    expect(world().stack.starter.stderr() + world().stack.starter.stdout()).not.toContain(
      world().stack.file().environment['DRAGOMAN_SIGNING_KEY'],
    );
  });

  it('brings the HTTP API, shows a line that works, and asks for a key once there is one', async () => {
    const shown = world().stack.starter.stdout();
    const url = new URL(world().stack.file().services['api']?.addresses['api'] ?? '').origin;
    expect(shown).toMatch(new RegExp(`Over HTTP: +${url} {2}\\(no API key exists: only this machine is answered\\)`));
    world().model.script('http', [{ text: 'Over HTTP, too.' }]);
    const line = /^ +curl (\S+) -H '([^']+)' -d '([^']+)'$/m.exec(shown) ?? [];
    const body = { ...(JSON.parse(line[3] ?? '{}') as object), message: '[script:http] Hello' };
    const headers = { [line[2]?.split(': ')[0] ?? '']: line[2]?.split(': ')[1] ?? '' };
    const answer = await fetch(line[1] ?? '', { method: 'POST', headers, body: JSON.stringify(body) });
    expect(await answer.json()).toMatchObject({ response: 'Over HTTP, too.' });
    const doctor = async () => (await world().stack.dragoman(['doctor'])).stdout;
    expect(await doctor()).toContain(`${url}; no API key exists: only its own machine is answered`);
    const made = await world().stack.dragoman(['keys', 'create', '--name', 'e2e', '--role', 'member']);
    const models = (key?: string) =>
      fetch(`${url}/v1/models`, { headers: key ? { authorization: `Bearer ${key}` } : {} });
    expect([(await models()).status, (await models(made.stdout.trim())).status]).toEqual([401, 200]);
    expect(await doctor()).toContain(`${url}, 1 valid key(s)`);
    await world().stack.dragoman(['keys', 'revoke', 'e2e']);
    expect(await doctor()).toContain('no key is valid, so every request is refused');
  }, 60_000);

  it('does not start twice on the same data', async () => {
    const second = startProgram('start/main.ts', [], { env: { DRAGOMAN_STATE_DIR: world().stack.folder } });
    expect(await second.finished).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/already runs .*process \d+/),
    });
  });

  it('lets --once use the stack that runs', async () => {
    world().model.script('once', [{ text: 'Once is enough.' }]);
    const env = { DRAGOMAN_STATE_DIR: world().stack.folder };
    const once = await startProgram('start/main.ts', ['--once', '[script:once] Hello'], { env }).finished;
    expect(once).toMatchObject({ code: 0, stdout: 'Once is enough.\n' });
  });

  it('starts a crashed service again where its clients know it', async () => {
    const before = world().stack.file().services['tool-runners'];
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await expect
      .poll(() => world().stack.file().services['tool-runners']?.pid, { timeout: 20_000 })
      .not.toBe(before?.pid);
    await expect.poll(() => world().stack.starter.stderr()).toContain('tool-runners is back');
    const { code, stdout } = await world().stack.dragoman(['run', '[script:all-domains] Look again.']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/products[\s\S]*\d+/);
  });

  it('leaves nothing behind when it is killed', async () => {
    expect(processesNaming(world().stack.folder).length).toBeGreaterThan(8);
    world().stack.starter.kill('SIGKILL');
    // The leash gives each process 20 s to end in order.
    await expect.poll(() => processesNaming(world().stack.folder), { timeout: 40_000 }).toEqual([]);
  }, 60_000);
}
