import { beforeAll, expect, test } from 'vitest';
import { docker } from './docker.ts';
import { mayLeave, mayReach, ports } from './reachable.ts';
import { containerOf, lastingServices } from './stack.ts';

/** For each `service:port` or bare address, whether it answered. */
type Probe = Record<string, boolean>;

const services = [...lastingServices];
const elsewhere = ['169.254.169.254:80', '1.1.1.1:443'];
/** How many milliseconds a connection within this machine may take, however busy it is. */
const patienceMs = 4_000;
let matrix: Map<string, Probe>;

interface Target {
  name: string;
  addresses: string[];
  port: number;
}

/**
 * Probes run in a Node container that shares the service's network namespace, so that images without a shell or Node
 * can be probed too. They try every address of the target in every network: a name that does not resolve proves
 * nothing.
 *
 * A firewall or proxy between this machine and the Internet may answer for every address, and then an open connection
 * proves nothing either. So the answers are compared with those of addresses that nobody has.
 */
async function probe(service: string, targets: Target[]): Promise<Probe> {
  const network = `container:${await containerOf(service)}`;
  const orders = JSON.stringify({ targets, patienceMs });
  const script = `${import.meta.dirname}/probe.cjs:/probe.cjs:ro`;
  const image = 'node:24.21.0-bookworm-slim';
  const done = await docker(['run', '--rm', '--network', network, '-v', script, image, 'node', '/probe.cjs', orders]);
  return JSON.parse(done.stdout) as Probe;
}

async function addressesOf(service: string): Promise<string[]> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  return (await docker(['inspect', '-f', format, await containerOf(service)])).stdout.trim().split(/\s+/);
}

beforeAll(async () => {
  const targets = await Promise.all(services.map(targetsOf)).then((each) => each.flat());
  const outside = elsewhere.map((name) => {
    const [host = '', port] = name.split(':');
    return { name, addresses: [host], port: Number(port) };
  });
  matrix = new Map();
  const left = [...services];
  async function next(): Promise<void> {
    for (let from = left.shift(); from !== undefined; from = left.shift()) {
      const others = targets.filter((target) => !target.name.startsWith(`${from}:`));
      matrix.set(from, await probe(from, [...others, ...outside]));
    }
  }
  await Promise.all(Array.from({ length: 4 }, next));
});

async function targetsOf(service: string): Promise<Target[]> {
  const addresses = await addressesOf(service);
  expect(addresses.length, `${service} has no address`).toBeGreaterThan(0);
  return (ports[service] ?? []).map((port) => ({ name: `${service}:${port}`, addresses, port }));
}

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
  // Where this machine has no way out, even services that may leave cannot: only the others prove something here.
  if (!mayLeave.has(from)) expect(found['1.1.1.1:443']).toBe(false);
});

test('the matrix covers every pair', () => {
  const cells = [...matrix].flatMap(([from, row]) =>
    Object.entries(row)
      .filter(([target]) => !elsewhere.includes(target))
      .map(([target, open]) => ({ from, target, open })),
  );
  const right = cells.filter(({ from, target, open }) => open === mayReach(from, target.split(':')[0] ?? ''));
  const open = cells.filter((cell) => cell.open);
  process.stdout.write(`reachability: ${right.length} of ${cells.length} right, ${open.length} of them open\n`);
  expect(matrix.size).toBe(services.length);
});
