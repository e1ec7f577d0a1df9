import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { startPlayground, type Playground } from '#services/playground/start.ts';
import { startTestS3, s3Missing } from '#test/lib/s3.ts';
import { startTestShop } from '#test/lib/shop.ts';
import { ptyMissing, startOnTerminal, type TerminalProgram } from '#test/lib/on-terminal.ts';

// `dragoman setup` at a real pseudo-terminal, with played endpoints that speak OpenAI's format and the playground's
// Discord.

vi.setConfig({ testTimeout: 120_000 });

const key = 'a-key-that-nobody-may-see-4711';
let folder: string;
let endpoint: Server;
let base: string;
let discord: Playground;
/** What the endpoint was asked, with the key that came along. */
const asked: { url: string; key: string | undefined }[] = [];
/** What the model does with the question. */
let model: 'uses-tools' | 'only-talks' = 'uses-tools';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-setup-'));
  endpoint = createServer((request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    asked.push({ url: request.url ?? '', key: keyOf(request) });
    if (keyOf(request) !== key) return answer(401, { error: { message: `Incorrect API key: ${keyOf(request)}` } });
    if (request.url === '/v1/models') return answer(200, { object: 'list', data: [{ id: 'small' }, { id: 'large' }] });
    const call = { id: 'c', type: 'function', function: { name: 'current_time', arguments: '{}' } };
    const message = model === 'uses-tools' ? { content: null, tool_calls: [call] } : { content: 'It is noon.' };
    return answer(200, { choices: [{ index: 0, message: { role: 'assistant', ...message } }] });
  });
  await new Promise<void>((resolve) => void endpoint.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/v1`;
  discord = await startPlayground();
});
afterEach(() => {
  asked.length = 0;
  model = 'uses-tools';
  rmSync(file(), { force: true });
});
afterAll(async () => {
  vi.resetConfig();
  endpoint.close();
  await discord[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function keyOf(request: IncomingMessage): string | undefined {
  return request.headers.authorization?.replace('Bearer ', '');
}

function file(): string {
  return path.join(folder, '.env');
}

function settings(): NodeJS.Dict<string> {
  return parseEnv(readFileSync(file(), 'utf8'));
}

function setup(part: string, env: Record<string, string> = {}): TerminalProgram {
  return startOnTerminal('services/cli/dragoman.mjs', ['setup', part, '--file', file()], {
    DRAGOMAN_STATE_DIR: folder,
    NO_COLOR: '1',
    ...env,
  });
}

describe.skipIf(ptyMissing !== undefined)(`at a terminal${ptyMissing ? ` (${ptyMissing})` : ''}`, () => {
  async function toEndpoint(program: TerminalProgram): Promise<void> {
    await program.until(/(\d+) {2}another endpoint[\s\S]*Which one\?/);
    const [, number = ''] = /(\d+) {2}another endpoint/.exec(program.shown()) ?? [];
    program.type(`${number}\r`);
    await program.until(/Its address/);
    program.type(`${base}\r`);
    await program.until(/Key, or Enter for none/);
  }

  it('tries a model with a real call, keeps what works, and shows the key nowhere', async () => {
    writeFileSync(file(), '# mine\nMODEL_NAME=old\nLOG_LEVEL=debug\n', { mode: 0o644 });
    await using program = setup('model');
    await toEndpoint(program);
    program.type('wrong-key\r');
    await program.until(/Name of the model/);
    program.type('large\r');
    await program.until(/It does not work: the key is refused \(401\)/);
    await toEndpoint(program);
    program.type(`${key}\r`);
    await program.until(/2 {2}large[\s\S]*Which model\?/);
    program.type('2\r');
    await program.until(/It answers after .* and uses tools/);
    expect(await program.ended).toBe(0);
    expect(settings()).toEqual({
      LOG_LEVEL: 'debug',
      LITELLM_API_BASE: base,
      LITELLM_API_KEY: key,
      MODEL_NAME: 'large',
    });
    expect(readFileSync(file(), 'utf8')).toMatch(/^# mine\nMODEL_NAME=large\nLOG_LEVEL=debug\n/);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    for (const secret of [key, 'wrong-key']) expect(program.raw()).not.toContain(secret);
    expect(asked.at(-1)).toEqual({ url: '/v1/chat/completions', key });
  });

  it('says that a model uses no tools, and asks before it takes it', async () => {
    model = 'only-talks';
    await using program = setup('model');
    await toEndpoint(program);
    program.type(`${key}\r`);
    await program.until(/Which model\?/);
    program.type('1\r');
    await program.until(/without the tool it was asked to use: “It is noon.”[\s\S]*Take it all the same\?/);
    program.type('n\r');
    await program.until(/Which one\?/);
    program.type('\r');
    await program.until(/Nothing was changed/);
    expect(await program.ended).toBe(0);
    expect(() => settings()).toThrow('ENOENT');
  });

  it('asks Discord whose a token is, looks at the intent, and prints the invitation', async () => {
    await using program = setup('discord', { DISCORD_API_BASE: discord.url });
    await program.until(/Token, or Enter/);
    program.type('not-a-token\r');
    await program.until(/Discord refuses the token[\s\S]*Token, or Enter/);
    program.type(`${discord.token}\r`);
    await program.until(
      /The token is .*’s\.[\s\S]*Message Content is switched on[\s\S]*oauth2\/authorize\?client_id=\d+/,
    );
    expect(await program.ended).toBe(0);
    expect(settings()).toEqual({ DISCORD_TOKEN: discord.token });
    expect(program.raw()).not.toContain(discord.token);
  });

  it('takes a real PostgreSQL with a role that may only read, and no superuser', async () => {
    await using shop = await startTestShop();
    const { readerUrl } = shop;
    const admin = shop.adminUrl('shop');
    await using program = setup('data');
    await program.until(/Its URL/);
    program.type(`${admin}\r`);
    await program.until(/It does not work: .*superuser; no query is run with it[\s\S]*role\.sql[\s\S]*Its URL/);
    program.type(`${readerUrl.replace(/:[^:@/]+@/, ':wrong-password@')}\r`);
    await program.until(/password authentication failed[\s\S]*Its URL/);
    program.type(`${readerUrl}\r`);
    await program.until(/It answers, and the tools take its role dragoman_ro[\s\S]*Its address/);
    program.type('\r');
    await program.until(/A folder/);
    program.type('\r');
    expect(await program.ended).toBe(0);
    expect(settings()).toEqual({ POSTGRES_URL: readerUrl });
    for (const url of [readerUrl, admin]) expect(program.raw()).not.toContain(new URL(url).password);
  });

  it.skipIf(s3Missing !== undefined)('takes a real S3 server with keys that are right', async () => {
    await using s3 = await startTestS3();
    await s3.client.send(new CreateBucketCommand({ Bucket: 'mine' }));
    await using program = setup('data');
    await program.until(/Its URL/);
    program.type('\r');
    await program.until(/Its address/);
    program.type(`127.0.0.1:${s3.port}\r`);
    await program.until(/begins with http:\/\/ or https:\/\/[\s\S]*Its address/);
    for (const secret of ['not-the-secret-key-4711', s3.secretKey]) {
      program.type(`${s3.endpoint}\r`);
      await program.until(/Access key:[^\n]*$/);
      program.type(`${s3.accessKey}\r`);
      await program.until(/Secret key \(not shown\):[^\n]*$/);
      program.type(`${secret}\r`);
      await program.until(
        secret === s3.secretKey
          ? /with one bucket[\s\S]*A folder/
          : /does not work: [\s\S]*signature[\s\S]*Its address[^\n]*$/,
      );
    }
    program.type(`${path.join(folder, 'none')}\r`);
    await program.until(/is no folder here/);
    expect(await program.ended).toBe(0);
    expect(settings()).toEqual({ S3_ENDPOINT: s3.endpoint, S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey });
    for (const secret of ['not-the-secret-key-4711', s3.secretKey]) expect(program.raw()).not.toContain(secret);
  });

  it('tries data of one’s own, and leaves at Ctrl-C with what was kept so far', async () => {
    await using program = setup('data');
    await program.until(/Its URL/);
    program.type('postgresql://me:sesame-open@127.0.0.1:1/db\r');
    await program.until(/It does not work: .*ECONNREFUSED[\s\S]*Its URL/);
    program.type('\r');
    await program.until(/Its address/);
    program.type('\r');
    await program.until(/A folder/);
    program.type(`${folder}\r`);
    expect(await program.ended).toBe(0);
    expect(settings()).toEqual({ FILESYSTEM_ROOT: folder });
    expect(program.raw()).not.toContain('sesame-open');
    await using left = setup('data');
    await left.until(/Its URL/);
    left.type('\u0003');
    expect(await left.ended).toBe(3);
    expect(left.shown()).toContain('Left; nothing was changed.');
  });
});
