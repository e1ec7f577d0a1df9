import { beforeAll, expect, test } from 'vitest';
import { docker } from './docker.ts';
import { containerOf, lastingServices } from './stack.ts';

interface Inspected {
  Config: { User: string; Healthcheck?: object; Env: string[] | null };
  HostConfig: {
    ReadonlyRootfs: boolean;
    CapDrop: string[] | null;
    CapAdd: string[] | null;
    SecurityOpt: string[] | null;
    PidsLimit: number | null;
    Memory: number;
    NanoCpus: number;
    Privileged: boolean;
    LogConfig: { Config: Record<string, string> };
    Binds: string[] | null;
    PortBindings: Record<string, { HostIp: string }[]> | null;
  };
}

/** S3's access key is the name of an account; its secret key is the secret. */
const publicNames = /^S3_ACCESS_KEY=/;

const containers = new Map<string, Inspected>();

beforeAll(async () => {
  for (const name of lastingServices) {
    const [found] = JSON.parse((await docker(['inspect', await containerOf(name)])).stdout) as Inspected[];
    if (found) containers.set(name, found);
  }
});

function inspected(name: string): Inspected {
  const found = containers.get(name);
  if (!found) throw new Error(`${name} was not inspected`);
  return found;
}

test.each([...lastingServices])('%s runs with the least it needs', (name) => {
  const { HostConfig: host, Config: config } = inspected(name);
  expect(host).toMatchObject({ ReadonlyRootfs: true, Privileged: false, CapDrop: ['ALL'] });
  expect(host.CapAdd ?? []).toEqual([]);
  expect(host.SecurityOpt).toContain('no-new-privileges:true');
  expect(host.PidsLimit).toBeGreaterThan(0);
  expect(host.Memory).toBeGreaterThan(0);
  expect(host.NanoCpus).toBeGreaterThan(0);
  expect(host.LogConfig.Config).toMatchObject({ 'max-size': '10m' });
  expect(config.Healthcheck).toBeDefined();
});

test.each([...lastingServices])('%s does not run as root', async (name) => {
  const id = await containerOf(name);
  const top = (await docker(['top', id, '-eo', 'uid,pid,comm'])).stdout.split('\n').slice(1).filter(Boolean);
  // Docker's own init (pid 1 of the container) also runs as the container's user.
  expect(top.filter((line) => /^\s*0\s/.test(line))).toEqual([]);
});

test('only the HTTP API, Grafana and the playground publish a port, and only on loopback', () => {
  const published = [...containers].filter(([, one]) => Object.keys(one.HostConfig.PortBindings ?? {}).length > 0);
  expect(published.map(([name]) => name).toSorted()).toEqual(['api', 'grafana', 'playground']);
  for (const [, one] of published) {
    for (const bindings of Object.values(one.HostConfig.PortBindings ?? {})) {
      expect(bindings.map((binding) => binding.HostIp)).toEqual(['127.0.0.1']);
    }
  }
});

test('no secret stands in an environment, and nobody mounts the Docker socket', () => {
  for (const [name, { Config: config, HostConfig: host }] of containers) {
    const shown = (config.Env ?? []).filter(
      (line) => /(TOKEN|KEY|PASSWORD|SECRET)=./.test(line) && !publicNames.test(line),
    );
    expect({ name, shown }).toEqual({ name, shown: [] });
    expect((host.Binds ?? []).join(' ')).not.toContain('docker.sock');
  }
});
