import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

test('the process answers by rules and leaves a line for each request that survives a kill', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'played-model-'));
  const rules = path.join(folder, 'rules.json');
  const witness = path.join(folder, 'witness.jsonl');
  const turns = [{ toolCalls: [{ name: 'effect', arguments: { run: '{{1}}' } }] }, { text: 'done {{1}}' }];
  writeFileSync(rules, JSON.stringify({ rules: [{ match: 'do (run-\\d+)', turns }] }));
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, PLAYED_MODEL_RULES: rules, PLAYED_MODEL_WITNESS: witness },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const ask = async (messages: object[]): Promise<string> => {
      const body = JSON.stringify({ model: 'm', messages });
      return (await fetch(`${url}/chat/completions`, { method: 'POST', body })).text();
    };
    const user = { role: 'user', content: 'please do run-17' };
    expect(await ask([user])).toContain(String.raw`"arguments":"{\"run\":\"run-17\"}"`);
    expect(await ask([user, { role: 'assistant', content: null }])).toContain('done run-17');
    const control = url.replace('/v1', '/control');
    await fetch(control, { method: 'POST', body: JSON.stringify({ fail: { times: 1, status: 503 } }) });
    expect(await ask([user])).toContain('"code":"503"');
    child.kill('SIGKILL');
    const lines = readFileSync(witness, 'utf8').trim().split('\n');
    expect(lines.map((one) => (JSON.parse(one) as { step: number }).step)).toEqual([0, 1, 0]);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});
