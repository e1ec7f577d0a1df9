import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTool } from '#mcp/kit.ts';
import { IDEMPOTENCY_META } from '#shared/ground/tool-meta.ts';
import { registry } from '#shared/process/metrics.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';
import { inProcessBackend } from '#shared/runner/backend.ts';
import type { Files } from '#shared/runner/call-file.ts';
import { createCallMemory, type CallMemory } from '#shared/runner/call-memory.ts';
import { OUTCOME_META } from '#shared/ground/tool-meta.ts';

// Whatever the file system refuses, at whatever moment: no write with a key is made twice, a call that was made is
// never reported as not made, and the tool-runner works again as soon as the disk does.

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'dragoman-call-faults-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));
const file = () => path.join(folder, 'calls.jsonl');
async function anew(): Promise<void> {
  await rm(folder, { recursive: true });
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-call-faults-'));
}

/** `refused`: nothing is done. `half`: half of the text is written. `late`: it is done, and reported as failed. */
type Fault = 'refused' | 'half' | 'late';
const faults: Fault[] = ['refused', 'half', 'late'];

/** A file system whose operations fail as `plan` says; `plan` gets the number and the name of each operation. */
function faultyFiles(plan: (nth: number, operation: string) => Fault | undefined) {
  const operations: string[] = [];
  const opened = new Set<FileHandle>();
  let healed = false;
  async function operate<T>(name: string, work: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
    operations.push(name);
    const fault = healed ? undefined : plan(operations.length, name);
    if (fault === undefined) return work();
    if (fault === 'late' && name !== 'open') await work();
    if (fault === 'half') await half?.();
    throw Object.assign(new Error(`${name} fails`), { code: name === 'open' ? 'EMFILE' : 'ENOSPC' });
  }
  function handle(real: FileHandle): FileHandle {
    opened.add(real);
    const write = (text: string) =>
      operate(
        'write',
        () => real.appendFile(text),
        () => real.appendFile(text.slice(0, text.length / 2)),
      );
    const faulty = {
      appendFile: write,
      writeFile: write,
      datasync: () => operate('sync', () => real.datasync()),
      sync: () => operate('sync', () => real.sync()),
      close: () => operate('close', () => real.close()).then(() => opened.delete(real)),
    };
    return faulty as unknown as FileHandle;
  }
  const files = {
    open: async (...at: Parameters<Files['open']>) => handle(await operate('open', () => open(...at))),
    rename: (...names: Parameters<Files['rename']>) => operate('rename', () => rename(...names)),
    rm: (...what: Parameters<Files['rm']>) => operate('rm', () => rm(...what)),
  };
  /** Closes all files, as the death of the process does. */
  async function kill(): Promise<void> {
    await Promise.all([...opened].map((real) => real.close().catch(() => undefined)));
    opened.clear();
  }
  return { ...files, operations, kill, heal: () => void (healed = true) };
}

const limits = { ttlMs: 60_000, entries: 5, bytes: 1_000_000 };

/** Makes ten writes and repeats each at once and after a restart; processes are killed without tidying up. */
async function life(files: ReturnType<typeof faultyFiles>) {
  const made = new Map<string, number>();
  let memory: CallMemory | undefined;
  async function restart(): Promise<void> {
    await files.kill();
    // A process that cannot start is started again, as Compose does.
    for (let tries = 0; tries < 20; tries += 1) {
      memory = await createCallMemory(file(), limits, files).catch(() => undefined);
      if (memory) return;
    }
    throw new Error('it never starts again');
  }
  async function call(key: string, repeated = false): Promise<string> {
    const order = { scope: 's', key, tool: 'post', args: { key }, repeatable: false, repeated };
    try {
      const { result } = await memory!.once(order, async () => {
        made.set(key, (made.get(key) ?? 0) + 1);
        return { content: [{ type: 'text', text: `made ${key}` }] };
      });
      return result._meta?.[OUTCOME_META] === 'unknown' ? 'unknown' : (result.content[0] as { text: string }).text;
    } catch (error) {
      expect(String(error)).toContain('was not run');
      expect(made.get(key), `${key} was made and is told as not made`).toBeUndefined();
      return 'not run';
    }
  }
  await restart();
  for (let at = 0; at < 10; at += 1) {
    const key = `k${at}`;
    const answers = [await call(key), await call(key, true)];
    if (at % 3 === 2) {
      await restart();
      for (const before of [at - 1, at]) await call(`k${before}`, true);
    }
    answers.push(await call(key, true));
    expect(made.get(key) ?? 0, `${key}: ${answers.join(', ')}`).toBeLessThanOrEqual(1);
    expect(answers.every((answer) => ['unknown', 'not run', `made ${key}`].includes(answer))).toBe(true);
  }
  return { made, call, restart, check: () => memory!.check() };
}

/**
 * Lives such a life, after which the disk is well: the memory works again by itself, and after a restart. Resolves to
 * the number of operations until then.
 */
async function works(files: ReturnType<typeof faultyFiles>): Promise<number> {
  const { call, restart, check, made } = await life(files);
  const moments = files.operations.length;
  files.heal();
  await check();
  expect(await call('after')).toBe('made after');
  await restart();
  expect(await call('after', true)).toBe('made after');
  expect([...made.values()].every((times) => times === 1)).toBe(true);
  await files.kill();
  return moments;
}

describe('a file system that fails', () => {
  it.each(faults)('once, at any moment: %s', async (fault) => {
    const none = faultyFiles(() => undefined);
    const moments = await works(none);
    expect(new Set(none.operations)).toEqual(new Set(['open', 'write', 'sync', 'rename', 'rm', 'close']));
    for (let moment = 1; moment <= moments; moment += 1) {
      await anew();
      await works(faultyFiles((nth) => (nth === moment ? fault : undefined)));
    }
  });

  it.each(['open', 'write', 'sync', 'rename', 'close', 'rm'])(
    'in one way for a while, from any moment on: %s',
    async (failing) => {
      const moments = await works(faultyFiles(() => undefined));
      for (let from = 1; from < moments; from += 5) {
        await anew();
        let left = 12;
        await works(
          faultyFiles((nth, name) => {
            if (nth < from || name !== failing || left === 0) return undefined;
            left -= 1;
            return faults[left % faults.length];
          }),
        );
      }
    },
  );

  it('keeps the calls of a write apart that shared it: when it fails none of them is made', async () => {
    let full = false;
    const files = faultyFiles((_nth, name) => (full && name === 'write' ? 'half' : undefined));
    await using memory = await createCallMemory(file(), limits, files);
    full = true;
    let made = 0;
    const order = { scope: 's', tool: 'post', args: {}, repeatable: false };
    const calls = ['a', 'b', 'c'].map((key) =>
      memory.once({ ...order, key }, async () => {
        made += 1;
        return { content: [] };
      }),
    );
    const ends = await Promise.allSettled(calls);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(made).toBe(0);
    await expect(memory.check()).rejects.toThrow(/calls cannot be recorded in .*calls.jsonl.*ENOSPC|fails/);
    full = false;
    await memory.check();
  });

  it('tells of a result that cannot be stored as unknown, but where the call may be repeated', async () => {
    let full = false;
    const files = faultyFiles((_nth, name) => (full && name === 'write' ? 'refused' : undefined));
    await using memory = await createCallMemory(file(), limits, files);
    const make = (key: string, repeatable: boolean) =>
      memory.once({ scope: 's', key, tool: 'post', args: {}, repeatable }, async () => {
        full = true;
        return { content: [{ type: 'text', text: 'made' }] };
      });
    expect((await make('a', false)).result._meta?.[OUTCOME_META]).toBe('unknown');
    full = false;
    expect(await make('a', false)).toMatchObject({ repeated: true, result: { _meta: { [OUTCOME_META]: 'unknown' } } });
    expect((await make('b', true)).result).toMatchObject({ content: [{ text: 'made' }] });
  });

  it('whose last line is torn in the middle loses no other line', async () => {
    const files = faultyFiles((nth, name) => (name === 'write' && nth === torn ? 'half' : undefined));
    let torn = 0;
    const first = await createCallMemory(file(), limits, files);
    const make = (memory: CallMemory, key: string) =>
      memory.once({ scope: 's', key, tool: 'post', args: {}, repeatable: false }, async () => ({
        content: [{ type: 'text', text: 'made' }],
      }));
    torn = files.operations.length + 1;
    await expect(make(first, 'a')).rejects.toThrow('was not run');
    await make(first, 'b');
    // The process dies here and cannot tidy up; the next one writes behind a line that was torn.
    await writeFile(file(), `${await readFile(file(), 'utf8')}{"id":"to`);
    const full = faultyFiles((nth) => (nth === 2 ? 'half' : undefined));
    const second = await createCallMemory(file(), limits, full);
    await make(second, 'c');
    const third = await createCallMemory(file(), limits);
    for (const key of ['b', 'c']) expect((await make(third, key)).repeated).toBe(true);
    await third[Symbol.asyncDispose]();
  });
});

/** Whether this user may mount a file system of their own. */
function mayMount(): boolean {
  return process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
}

describe.skipIf(!mayMount())('a disk that is full (needs root, for a small tmpfs)', () => {
  beforeEach(() => void execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]));
  afterEach(() => void execFileSync('umount', ['-l', folder]));
  const makeRoom = () => execFileSync('mount', ['-o', 'remount,size=1m', folder]);

  it('refuses writes beforehand, makes none twice, and goes on when there is room', async () => {
    await using memory = await createCallMemory(file(), { ...limits, entries: 1_000 });
    const made = new Map<number, number>();
    const filler = 'x'.repeat(9_000);
    const make = (at: number) =>
      memory.once({ scope: 's', key: `k${at}`, tool: 'post', args: {}, repeatable: false }, async () => {
        made.set(at, (made.get(at) ?? 0) + 1);
        return { content: [{ type: 'text', text: filler }] };
      });
    const ends = [];
    for (let at = 0; at < 20; at += 1) ends.push(await make(at).catch(() => 'not run'));
    expect(ends).toContain('not run');
    await expect(memory.check()).rejects.toThrow('no space left on device');
    for (let at = 0; at < 20; at += 1) await make(at).catch(() => undefined);
    expect(Math.max(...made.values())).toBe(1);
    makeRoom();
    await memory.check();
    expect((await make(99)).result).toMatchObject({ content: [{ text: filler }] });
  });

  it('makes a tool-runner say so to the operator and to the model, and starts no less', async () => {
    await writeFile(path.join(folder, 'ballast'), Buffer.alloc(80_000)).catch(() => undefined);
    let made = 0;
    const post = defineTool({
      name: 'post',
      title: 'Post',
      description: 'Posts.',
      input: z.object({}),
      output: z.object({ made: z.number() }),
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
      run: async () => ({ data: { made: (made += 1) } }),
    });
    const domain = { name: 'poster', title: 'Poster', tools: [post], check: async () => undefined };
    const backend = inProcessBackend({ ...domain, [Symbol.asyncDispose]: async () => undefined });
    await using runner = await startToolRunner({ server: 'poster', backend, env: { IDEMPOTENCY_FILE: file() } });
    const client = await newestClient(runner, { run: 'run-1' });
    const call = () => client.callTool({ name: 'post', arguments: {}, _meta: { [IDEMPOTENCY_META]: 'k1' } });
    const ready = async () => (await (await fetch(new URL('/readyz', runner.url))).json()) as { checks: object };
    expect(await call()).toMatchObject({ isError: true, _meta: { [OUTCOME_META]: 'not-run' } });
    expect((await ready()).checks).toMatchObject({
      poster: 'ok',
      'call file': expect.stringContaining('no space left'),
    });
    expect(await registry.metrics()).toMatch(/dragoman_call_file_failures_total\{step="intent"\} [1-9]/);
    makeRoom();
    expect((await ready()).checks).toEqual({ poster: 'ok', 'call file': 'ok' });
    expect(await call()).toMatchObject({ structuredContent: { made: 1 } });
    await client.close();
  });
});
