import { expect, test } from 'vitest';
import { ask, nodeIn } from './stack.ts';

/** The first line of the proxy's answer to a request from the fetch runner's container. */
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
  // Names that the proxy could resolve: of its own machine and of its neighbours.
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

// The suite's stack has FETCH_ALLOWED_HOSTS=wiki.internal:3000 and 8088 among FETCH_PORTS (stack.ts). One website
// listens at all of these: under two names at a private address, and at a public one.
const opened = ['wiki.internal:3000', '45.45.45.10:8088'];
const closed = [
  'wiki.internal:8088',
  'wiki.internal:8089',
  'other.internal:3000',
  'other.internal:8088',
  '45.45.45.10:8089',
  '45.45.45.10:3000',
];

/** What the model gets of a page, for each of the hosts. */
function fetched(hosts: string[]): Promise<string[]> {
  return Promise.all(
    hosts.map(async (host) => (await ask(`fetch http://${host}/`, ['--model', 'default'])).stdout.trim()),
  );
}

test('what the operator opened is reached through fetch, and its neighbours are not', async () => {
  const reached = await fetched(opened);
  for (const [index, host] of opened.entries()) expect(reached[index]).toContain(`The page of ${host}`);
  const shut = closed.filter((host) => /:(3000|8089)$/.test(host));
  const refused = await fetched(shut);
  for (const [index, host] of shut.entries()) {
    expect(refused[index]).toContain(`Result for http://${host}/:`);
    expect(refused[index]).toMatch(/cannot be fetched|local network|not public|refused/);
    expect(refused[index]).not.toContain('The page of');
  }
});

test('the proxy by itself opens the same, and nothing else', async () => {
  const answers = async (hosts: string[]) => {
    const lines = await Promise.all(hosts.map((host) => askProxy(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}`)));
    return lines.map((line, index) => `${hosts[index]} ${/ (\d+) /.exec(line)?.[1]}`);
  };
  expect(await answers(opened)).toEqual(opened.map((host) => `${host} 200`));
  expect(await answers(closed)).toEqual(closed.map((host) => `${host} 403`));
});

test('the fetch runner has no other way out', async () => {
  const code = `
    const why = await fetch('http://1.1.1.1/', { signal: AbortSignal.timeout(10_000) }).then((r) => 'HTTP ' + r.status, (e) => e.cause?.code ?? e.name);
    console.log(why);`;
  expect(await nodeIn('tool-runner-fetch', code)).not.toContain('HTTP');
});
