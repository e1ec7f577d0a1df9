import { expect, test } from 'vitest';
import { nodeIn } from './stack.ts';

/** The proxy's first line to one request from the fetch runner's place. */
function askProxy(request: string): Promise<string> {
  const code = `
    import net from 'node:net';
    const socket = net.connect(3128, 'egress', () => socket.write(${JSON.stringify(`${request}\r\n\r\n`)}));
    socket.setTimeout(60_000, () => socket.destroy(new Error('no answer')));
    socket.once('data', (data) => { console.log(data.toString('latin1').split('\\r\\n')[0]); socket.destroy(); });`;
  return nodeIn('tool-runner-fetch', code, 90_000);
}

test.each([
  '10.0.0.1:80',
  '127.0.0.1:3128',
  '169.254.169.254:80',
  '172.17.0.1:80',
  '192.168.1.1:443',
  '100.64.0.1:80',
  '[::1]:80',
  '[fd00:ec2::254]:80',
  '[::ffff:10.0.0.1]:80',
  '[64:ff9b::a9fe:a9fe]:80',
  '0x0a000001:80',
  // Names that the proxy could resolve, to its own machine and to its neighbours.
  'localhost:80',
  'litellm:8080',
  'tool-runner-fetch:8080',
])('the proxy opens no way to %s', async (target) => {
  expect(await askProxy(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}`)).toMatch(/ (403|503) /);
});

test.each(['1.1.1.1:22', '1.1.1.1:6379', '1.1.1.1:25'])('nor to a port that is not of the web: %s', async (target) => {
  expect(await askProxy(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}`)).toContain(' 403 ');
});

test('it tunnels only: what it could read or change, it refuses', async () => {
  expect(await askProxy('GET http://1.1.1.1/ HTTP/1.1\r\nHost: 1.1.1.1')).toContain(' 403 ');
});

test('a public address is let through, or fails for want of a way out of this machine, never by the rules', async () => {
  const answer = await askProxy('CONNECT 1.1.1.1:443 HTTP/1.1\r\nHost: 1.1.1.1:443');
  process.stdout.write(`a public address through the egress proxy: ${answer}\n`);
  expect(answer).toMatch(/ (200|503|504) /);
});

test('the fetch runner has no other way out', async () => {
  const code = `
    const why = await fetch('http://1.1.1.1/', { signal: AbortSignal.timeout(10_000) }).then((r) => 'HTTP ' + r.status, (e) => e.cause?.code ?? e.name);
    console.log(why);`;
  expect(await nodeIn('tool-runner-fetch', code)).not.toContain('HTTP');
});
