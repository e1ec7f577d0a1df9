import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#test/lib/ports.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { mark } from '#test/model/turn.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';

// The reverse proxies of docs/http-api.md, run as they stand there: only ports, folders and the certificate are the
// test's own.

const name = 'chat.example.org';
const docs = readFileSync(path.join(import.meta.dirname, '../../docs/http-api.md'), 'utf8');
const examples = [...docs.matchAll(/^```\w*\n([^]*?)\n```$/gm)].map(([, text = '']) => text);
const exampleWith = (word: string) => examples.find((text) => text.includes(word)) ?? '';
const caddyExample = exampleWith('reverse_proxy');
const nginxExample = exampleWith('proxy_pass');

const proxies = {
  caddy: {
    version: ['version'],
    args: (folder: string) => ['run', '--config', path.join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    write(folder: string, { port, api }: Ports) {
      const own = onlyPort(caddyExample, api).replace(
        `${name} {`,
        `${name}:${port} {\n  tls ${folder}/cert.pem ${folder}/key.pem`,
      );
      writeFileSync(path.join(folder, 'Caddyfile'), `{\n  admin off\n  auto_https off\n}\n${own}\n`);
    },
  },
  nginx: {
    version: ['-v'],
    args: (folder: string) => ['-c', path.join(folder, 'nginx.conf'), '-p', folder],
    write(folder: string, { port, api }: Ports) {
      const certificate = `ssl_certificate ${folder}/cert.pem;\n  ssl_certificate_key ${folder}/key.pem;`;
      const own = onlyPort(nginxExample, api).replace(
        'listen 443 ssl;',
        `listen 127.0.0.1:${port} ssl;\n  ${certificate}`,
      );
      const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (each) => `${each}_temp_path ${folder}/${each};`,
      );
      const head = `daemon off;\npid ${folder}/pid;\nerror_log stderr;\nevents {}\n`;
      writeFileSync(
        path.join(folder, 'nginx.conf'),
        `${head}http {\naccess_log off;\n${places.join('\n')}\n${own}\n}\n`,
      );
    },
  },
};

interface Ports {
  port: number;
  api: number;
}

/** One process of the API in the place of three. */
function onlyPort(example: string, api: number): string {
  return example
    .replace(/server 127\.0\.0\.1:8081; server 127\.0\.0\.1:8082; /, '')
    .replace(/ 127\.0\.0\.1:8081 127\.0\.0\.1:8082/, '')
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${api}`);
}

let api: ApiRig;
let key: string;
serveApi(createPlayedToolbox({}), async (started) => {
  api = started;
  key = await api.key();
});

test('the examples are found in docs/http-api.md', () => {
  expect(caddyExample).toContain('reverse_proxy');
  expect(nginxExample).toContain('proxy_pass');
});

describe.each(Object.entries(proxies))('%s', (command, proxy) => {
  const installed = spawnSync(command, proxy.version).error === undefined;
  let folder: string;
  let child: ChildProcess;
  let port: number;

  beforeAll(async () => {
    if (!installed) return;
    folder = mkdtempSync(path.join(tmpdir(), `dragoman-${command}-`));
    // nginx gives up root for the processes that read and write there.
    chmodSync(folder, 0o755);
    mkdirSync(path.join(folder, 'home'));
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const files = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`];
    const made = spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      ...subject,
      ...files,
    ]);
    expect(made.status, String(made.stderr)).toBe(0);
    port = await freePort();
    proxy.write(folder, { port, api: Number(new URL(api.url).port) });
    child = spawn(command, proxy.args(folder), {
      env: { PATH: process.env['PATH'], HOME: path.join(folder, 'home') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    while ((await ask('/healthz').then(textOf, () => '')) !== '{"status":"ok"}') {
      if (child.exitCode !== null) throw new Error(`${command} ended:\n${said}`);
      await sleep(50);
    }
  }, 60_000);
  afterAll(async () => {
    if (!installed) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Asks through the proxy with TLS; only its own certificate is trusted. */
  async function ask(route: string, body?: object): Promise<IncomingMessage> {
    const sent = request({
      host: '127.0.0.1',
      port,
      servername: name,
      ca: readFileSync(`${folder}/cert.pem`),
      path: route,
      method: body ? 'POST' : 'GET',
      headers: { host: name, authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    });
    sent.end(body && JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response.setEncoding('utf8');
  }

  const streamed = (content: string) => ({ model: 'gpt-agent', stream: true, messages: [{ role: 'user', content }] });
  const it = test.skipIf(!installed);
  const skipped = `(skipped where it is not installed: apt-get install ${command})`;

  it(`speaks TLS and passes answers and errors on ${skipped}`, async () => {
    api.rig.model.enqueue({ text: 'Hello.' });
    const { stream: _, ...whole } = streamed('hi');
    const answer = JSON.parse(await textOf(await ask('/v1/chat/completions', whole)));
    expect(answer.choices[0].message.content).toBe('Hello.');
    const refused = await ask('/v1/chat/completions', { ...whole, temperature: 9 });
    expect([refused.statusCode, JSON.parse(await textOf(refused))]).toMatchObject([
      400,
      { error: { param: 'temperature' } },
    ]);
    // Larger than what a proxy takes by itself.
    const large = await ask('/v1/chat/completions', { ...whole, user: 'x'.repeat(5_000_000), temperature: 9 });
    expect(large.statusCode).toBe(400);
  });

  it(`passes a stream on as it is written, and keeps a silent one for long ${skipped}`, async () => {
    // The model stops within its answer, so that what arrives has been held back by nobody.
    api.rig.model.script('held', [{ text: 'One two three four.', chunkSize: 4, hangAfterChunks: 2 }]);
    const response = await ask('/v1/chat/completions', streamed(mark('held', 'Count.')));
    let seen = '';
    for await (const chunk of response) {
      seen += chunk;
      // From the first second a comment, and one after each 15 s of silence.
      if (/^: keep-alive$/m.test(seen)) break;
    }
    expect(seen).toMatch(/^: accepted\n\n/);
    expect(seen).toContain('"content":"One ');
    response.destroy();
    // The proxy tells that the client has left, and the model is stopped.
    expect((await api.rig.model.ended(api.rig.model.requests.length - 1)).aborted).toBe(true);
  }, 120_000);
});

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}
