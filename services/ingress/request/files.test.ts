import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeText, download, imageType } from './files.ts';

let server: Server;
let host: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/redirect') return void response.writeHead(302, { location: '/ok' }).end();
    if (request.url === '/slow') return void response.writeHead(200).write('a');
    if (request.url === '/large') return void response.writeHead(200).end(Buffer.alloc(2_000));
    if (request.url === '/expired') return void response.writeHead(404).end();
    response.end('fine');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = (path: string, hosts = [host]) =>
  download(`http://${host}${path}`, { hosts, maxBytes: 1_000, timeoutMs: path === '/slow' ? 300 : 60_000 });

test('downloads from the known hosts alone, within size and time, without following', async () => {
  expect((await get('/ok')).toString()).toBe('fine');
  await expect(get('/ok', ['cdn.discordapp.com'])).rejects.toThrow('not on Discord');
  await expect(get('/redirect')).rejects.toThrow('could not be downloaded');
  await expect(get('/large')).rejects.toThrow('larger than it says');
  await expect(get('/slow')).rejects.toThrow('took too long');
  await expect(get('/expired')).rejects.toThrow('404');
});

test.each([
  'https://cdn.discordapp.com.evil.example.com/a.png',
  'https://cdn.discordapp.com@evil.example.com/a.png',
  'https://user@cdn.discordapp.com/a.png',
  'ftp://cdn.discordapp.com/a.png',
  'not an address',
])('%s is not on Discord’s servers', async (address) => {
  const limits = { hosts: ['cdn.discordapp.com'], maxBytes: 1 };
  await expect(download(address, limits)).rejects.toThrow('not on Discord');
});

test('text is told from bytes by its marks and its look', async () => {
  expect(await decodeText(Buffer.from('grün'))).toBe('grün');
  expect(await decodeText(Buffer.from('\ufeffgrün', 'utf16le'))).toBe('grün');
  expect(await decodeText(Buffer.from('plain text', 'utf16le'))).toBe('plain text');
  expect(await decodeText(Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]))).toBeUndefined();
  expect(await decodeText(Buffer.from('Prüfung für Größe und Maß, schön und gut', 'latin1'))).toContain('für Größe');
  expect(await decodeText(Buffer.from('cff0e8e2e5f22c20eceef020e4eef0eee3eee920e4f0f3e3', 'hex'))).toContain('Привет');
});

test('an image is what its first bytes say', () => {
  expect(imageType(Buffer.from('89504e470d0a1a0a00', 'hex'))).toBe('image/png');
  expect(imageType(Buffer.from('ffd8ffe0', 'hex'))).toBe('image/jpeg');
  expect(imageType(Buffer.from('GIF89a'))).toBe('image/gif');
  expect(imageType(Buffer.from('RIFF0000WEBPVP8 '))).toBe('image/webp');
  expect(imageType(Buffer.from('<svg/>'))).toBeUndefined();
});
