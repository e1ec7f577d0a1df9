import { beforeAll, expect, test } from 'vitest';
import { docker } from './docker.ts';
import { mayLeave, mayReach, ports } from './reachable.ts';
import { containerOf, lastingServices } from './stack.ts';

/** `service:port` or a bare address, and whether it opened. */
type Probe = Record<string, boolean>;

const services = [...lastingServices];
const elsewhere = ['169.254.169.254:80', '1.1.1.1:443'];
let matrix: Map<string, Probe>;

/**
 * Probes run in a Node container that shares the service's network namespace, so that images without a shell or Node
 * are probed as well. Addresses, not names, are tried too: a name that does not resolve proves little.
 */
async function probe(service: string, targets: string[], addresses: Record<string, string[]>): Promise<Probe> {
  const code = `
    const net = require('node:net'); const tries = ${JSON.stringify(targets.map((target) => [target, spread(target, addresses)]))};
    const open = (host, port) => new Promise((done) => {
      const socket = net.connect({ host, port: Number(port), timeout: 1500 });
      socket.once('connect', () => { socket.destroy(); done(true); });
      for (const event of ['error', 'timeout']) socket.once(event, () => { socket.destroy(); done(false); });
    });
    Promise.all(tries.map(async ([name, list]) => [name, (await Promise.all(list.map(([h, p]) => open(h, p)))).includes(true)]))
      .then((rows) => console.log(JSON.stringify(Object.fromEntries(rows))));`;
  const id = await containerOf(service);
  const done = await docker([
    'run',
    '--rm',
    '--network',
    `container:${id}`,
    'node:24.21.0-bookworm-slim',
    'node',
    '-e',
    code,
  ]);
  return JSON.parse(done.stdout) as Probe;
}

/** Every address of the target in every network, and its name. */
function spread(target: string, addresses: Record<string, string[]>): [string, string][] {
  const [host = '', port = ''] = target.split(':');
  return [host, ...(addresses[host] ?? [])].map((each) => [each, port]);
}

async function addressesOf(service: string): Promise<string[]> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  return (await docker(['inspect', '-f', format, await containerOf(service)])).stdout.trim().split(/\s+/);
}

beforeAll(async () => {
  const addresses = Object.fromEntries(
    await Promise.all(services.map(async (name) => [name, await addressesOf(name)] as const)),
  );
  const targets = services.flatMap((name) => (ports[name] ?? []).map((port) => `${name}:${port}`));
  matrix = new Map();
  for (const from of services) {
    const others = targets.filter((target) => !target.startsWith(`${from}:`));
    matrix.set(from, await probe(from, [...others, ...elsewhere], addresses));
  }
});

test.each(services)('%s reaches exactly whom it must', (from) => {
  const found = matrix.get(from) ?? {};
  const wrong = Object.entries(found)
    .filter(([target]) => !elsewhere.includes(target))
    .filter(([target, open]) => open !== mayReach(from, target.split(':')[0] ?? ''))
    .map(([target, open]) => `${target} is ${open ? 'open' : 'closed'}`);
  expect(wrong).toEqual([]);
});

test.each(services)('%s reaches no metadata service, and the outside only where it must', (from) => {
  const found = matrix.get(from) ?? {};
  expect(found['169.254.169.254:80']).toBe(false);
  // Without a way out of this machine even those who may leave cannot: only the others prove something here.
  if (!mayLeave.has(from)) expect(found['1.1.1.1:443']).toBe(false);
});

test('the matrix covers every pair', () => {
  const cells = [...matrix.values()].reduce((sum, row) => sum + Object.keys(row).length, 0);
  process.stdout.write(`reachability: ${cells} connections tried from ${matrix.size} services\n`);
  expect(matrix.size).toBe(services.length);
});
