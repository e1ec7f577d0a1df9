import path from 'node:path';
import { expect, test } from 'vitest';
import { toSwarm, type ComposeConfig } from './convert.ts';

const root = path.resolve(import.meta.dirname, '../../..');

const config: ComposeConfig = {
  name: 'dragoman',
  services: {
    secrets: { image: 'dragoman:local', network_mode: 'none' },
    worker: {
      image: 'dragoman:local',
      command: ['node', 'services/worker/main.ts'],
      entrypoint: null,
      environment: { SET: 'a', UNSET: null },
      cap_drop: ['ALL'],
      read_only: true,
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
      mem_limit: '536870912',
      cpus: 2,
      tmpfs: ['/tmp:size=64m,mode=1777', '/run/own:size=1m,uid=999'],
      pids_limit: 200,
      networks: { core: null },
      depends_on: { secrets: { condition: 'service_completed_successfully' } },
      volumes: [
        { type: 'volume', source: 'secret-redis', target: '/run/secrets/redis', read_only: true },
        { type: 'bind', source: path.join(root, 'grafana/alertmanager'), target: '/etc/alertmanager', read_only: true },
      ],
    },
    redis: {
      image: 'redis:8',
      networks: { core: null },
      volumes: [{ type: 'volume', source: 'redis-data', target: '/data' }],
    },
  },
  networks: { core: { internal: true, ipam: {} }, sink: { ipam: { config: [{ subnet: '169.254.169.240/28' }] } } },
  volumes: { 'redis-data': {}, 'secret-redis': {} },
};

const stack = toSwarm(config, { secrets: { redis: ['password', 'url'] } }) as {
  services: Record<string, Record<string, unknown>>;
  [part: string]: unknown;
};

test('what only prepares is left out; hardening, limits and restarts stay', () => {
  expect(Object.keys(stack.services)).toEqual(['worker', 'redis']);
  expect(stack.services['worker']).toMatchObject({
    command: ['node', 'services/worker/main.ts'],
    environment: { SET: 'a' },
    cap_drop: ['ALL'],
    read_only: true,
    networks: ['core'],
    deploy: {
      endpoint_mode: 'dnsrr',
      resources: { limits: { memory: '536870912', cpus: '2', pids: 200 } },
      restart_policy: { condition: 'any' },
    },
  });
  // `docker stack deploy` refuses these keys, or they would have no effect there.
  for (const key of ['mem_limit', 'depends_on', 'restart', 'security_opt', 'entrypoint', 'ports']) {
    expect(stack.services['worker']).not.toHaveProperty(key);
  }
});

test('secret volumes become secrets, file by file and at the same place', () => {
  expect(stack.services['worker']?.['secrets']).toEqual([
    { source: 'dragoman-redis-password', target: '/run/secrets/redis/password', mode: 0o444 },
    { source: 'dragoman-redis-url', target: '/run/secrets/redis/url', mode: 0o444 },
  ]);
  expect(stack['secrets']).toEqual({
    'dragoman-redis-password': { external: true },
    'dragoman-redis-url': { external: true },
  });
  expect(stack['volumes']).toEqual({ 'redis-data': {} });
});

test('temporary folders stay', () => {
  expect(stack.services['worker']?.['volumes']).toEqual([
    { type: 'tmpfs', target: '/tmp', tmpfs: { size: 64 * 1024 ** 2 } },
    { type: 'volume', target: '/run/own' },
  ]);
});

test('mounted folders become configs', () => {
  expect(stack.services['worker']?.['configs']).toEqual([
    expect.objectContaining({ target: '/etc/alertmanager/alertmanager.yml' }),
  ]);
});

test('what has data stays on the node that has it', () => {
  expect(stack.services['redis']?.['deploy']).toMatchObject({
    placement: { constraints: ['node.labels.dragoman.data == true'] },
  });
  expect(stack.services['worker']?.['deploy']).not.toHaveProperty('placement');
});

test('networks span nodes', () => {
  expect(stack['networks']).toEqual({
    core: { driver: 'overlay', internal: true },
    sink: { driver: 'overlay', ipam: { config: [{ subnet: '169.254.169.240/28' }] } },
  });
});

test('a secret that was not made is named', () => {
  expect(() => toSwarm(config, { secrets: {} })).toThrow('no secret redis');
});
