import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startProcess, type StackProcess } from './process.ts';
import { createScreen, type Screen } from './screen.ts';

let folder: string;
let said: string;
let screen: Screen;
const started: StackProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-process-'));
  said = '';
  screen = createScreen({ verbose: false, logFolder: folder, write: (text) => (said += text) });
});

afterEach(async () => {
  for (const process of started.splice(0)) await process.stop(1_000);
  await rm(folder, { recursive: true, force: true });
});

/** A process that runs these lines of JavaScript. */
async function run(lines: string, options: Parameters<typeof startProcess>[2] = {}): Promise<StackProcess> {
  const script = path.join(folder, 'script.mjs');
  await writeFile(script, `${prelude}\n${lines}`);
  const spec = { name: 'thing', script: path.relative(path.resolve(import.meta.dirname, '..'), script) };
  const process = startProcess(
    { ...spec, env: { PATH: globalThis.process.env['PATH'] }, pin: ({ api = '' }) => ({ PORT: new URL(api).port }) },
    screen,
    options,
  );
  started.push(process);
  return process;
}

const prelude = `
import { createServer } from 'node:http';
import { existsSync, writeFileSync } from 'node:fs';
const log = (entry) => console.log(JSON.stringify(entry));
function serve(ready, then = () => {}) {
  const server = createServer((request, response) => {
    const report = ready();
    response.writeHead(report.ready ? 200 : 503).end(JSON.stringify(report));
  });
  server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
    const url = 'http://127.0.0.1:' + server.address().port;
    log({ level: 'info', msg: 'ready', addresses: { api: url + '/v1', metrics: url + '/metrics' } });
    then();
  });
}
process.on('SIGTERM', () => process.exit(0));
`;

test('is ready when it said so and its dependencies answer', async () => {
  const process = await run(`let asked = 0; serve(() => ({ ready: (asked += 1) > 2, checks: { redis: 'away' } }));`);
  await process.ready;
  expect(process.addresses()['api']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
});

test('a dependency that stays away is named', async () => {
  const process = await run(`serve(() => ({ ready: false, checks: { redis: 'nobody there', model: 'ok' } }));`, {
    timeoutMs: 1_500,
  });
  await expect(process.ready).rejects.toThrow('thing is not ready: redis: nobody there');
});

test('one that ends at start tells its last words', async () => {
  const process = await run(`console.error('PORT is not set. Set PORT.'); process.exitCode = 78;`);
  await expect(process.ready).rejects.toThrow(/thing could not start \(78\):\nPORT is not set/);
});

test('of a crash only what was thrown is told', async () => {
  const process = await run(`throw new TypeError('x is not a thing');`);
  await expect(process.ready).rejects.toThrow(/^thing could not start \(1\):\nTypeError: x is not a thing$/);
});

test('of lines that were logged again and again each is told once', async () => {
  const process = await run(`
    for (const queue of ['runs', 'replies', 'runs']) log({ level: 'warn', msg: 'queue error', queue, error: 'away' });
    process.exitCode = 1;`);
  await expect(process.ready).rejects.toThrow(/^thing could not start \(1\):\nqueue error: away$/);
});

test('a crashed one is started again at its old address', async () => {
  let restarts = 0;
  const process = await run(`serve(() => ({ ready: true }));`, { onRestart: () => (restarts += 1) });
  await process.ready;
  const [pid, address] = [process.pid(), process.addresses()['api']];
  globalThis.process.kill(pid ?? 0, 'SIGKILL');
  await expect.poll(() => restarts).toBe(1);
  expect(process.pid()).not.toBe(pid);
  expect(process.addresses()['api']).toBe(address);
  expect(said).toContain('thing ended (SIGKILL)');
});

test('one that refuses its configuration is not started again', async () => {
  const process = await run(`serve(() => ({ ready: true }), () => setTimeout(() => process.exit(78), 300));`);
  await process.ready;
  await expect.poll(() => said).toContain('thing refuses its configuration and stays down');
});

test('one that does not obey is killed after the grace time', async () => {
  const process = await run(
    `process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {}); serve(() => ({ ready: true }));`,
  );
  await process.ready;
  const began = Date.now();
  await process.stop(300);
  expect(Date.now() - began).toBeGreaterThanOrEqual(300);
  expect(() => globalThis.process.kill(process.pid() ?? 0, 0)).toThrow();
});

test('its lines go into a file; the screen shows warnings alone', async () => {
  const process = await run(`
    log({ level: 'info', msg: 'chatter' });
    log({ level: 'warn', msg: 'trouble', at: 'x', what: 'disk' });
    serve(() => ({ ready: true }));`);
  await process.ready;
  await process.stop();
  await expect
    .poll(() => readFile(path.join(folder, 'thing.log'), 'utf8'))
    .toMatch(/chatter[\s\S]*trouble[\s\S]*ready/);
  expect(said).toContain('trouble');
  expect(said).toContain('what=disk');
  expect(said).not.toContain('chatter');
});

test('killed, it takes along what it has started', async () => {
  const process = await run(`
import { spawn } from 'node:child_process';
const { pid } = spawn('sleep', ['600']);
writeFileSync(new URL('pid', import.meta.url), String(pid));
serve(() => ({ ready: true }));
`);
  await process.ready;
  const pid = Number(await readFile(path.join(folder, 'pid'), 'utf8'));
  // Signal 0 only asks whether the process is there.
  const isThere = () => {
    try {
      return globalThis.process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  expect(isThere()).toBe(true);
  process.kill();
  await expect.poll(isThere, { timeout: 30_000 }).toBe(false);
});
