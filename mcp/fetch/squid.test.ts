import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { config } from './domain.ts';
import { parseOpenedHosts } from './hosts.ts';

// This tests squid.sh alone; test/compose/25-egress.test.ts asks the real Squid that it starts.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'squid-'));
  const squid = path.join(folder, 'squid');
  writeFileSync(squid, '#!/bin/sh\n');
  chmodSync(squid, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The rules that squid.sh writes, or its complaint. */
function rules(variables: Record<string, string>): string[] {
  const file = path.join(folder, 'opened.conf');
  const done = spawnSync('/bin/sh', [path.join(import.meta.dirname, 'squid.sh')], {
    env: { PATH: `${folder}:${process.env['PATH']}`, SQUID_RULES: file, ...variables },
    encoding: 'utf8',
  });
  if (done.status !== 0) return [`${done.status}: ${done.stderr.trim()}`];
  return readFileSync(file, 'utf8').trim().split('\n');
}

test('without settings it opens the ports that the runner opens, and no host', () => {
  const ports = config.parse({}).FETCH_PORTS.replaceAll(',', ' ');
  expect(rules({})).toEqual([`acl web_ports port ${ports}`]);
  expect(rules({ FETCH_PORTS: '', FETCH_ALLOWED_HOSTS: '' })).toEqual([`acl web_ports port ${ports}`]);
});

test('a host with a port, one without, an address, and one of IPv6, in any spacing', () => {
  const list = 'Wiki.internal:3000, intranet 10.0.0.5:8088,\n[fd12::5]:81,[fd12::6]';
  expect(rules({ FETCH_PORTS: '80, 443', FETCH_ALLOWED_HOSTS: list }).slice(1)).toEqual([
    'acl opened_host_1 dstdomain -n Wiki.internal',
    'acl opened_port_1 port 3000',
    'http_access allow connect opened_host_1 opened_port_1',
    'acl opened_host_2 dstdomain -n intranet',
    'acl opened_port_2 port 80  443',
    'http_access allow connect opened_host_2 opened_port_2',
    'acl opened_host_3 dst -n 10.0.0.5',
    'acl opened_port_3 port 8088',
    'http_access allow connect opened_host_3 opened_port_3',
    'acl opened_host_4 dst -n fd12::5',
    'acl opened_port_4 port 81',
    'http_access allow connect opened_host_4 opened_port_4',
    'acl opened_host_5 dst -n fd12::6',
    'acl opened_port_5 port 80  443',
    'http_access allow connect opened_host_5 opened_port_5',
  ]);
  expect(parseOpenedHosts(list)).toHaveLength(5);
});

test.each([
  // Entries that would mean more to Squid than they say: all names below a domain, every address, an option, another
  // line.
  '.internal',
  '-i',
  '*',
  'a..b',
  '10.0.0.0/8',
  '0.0.0.0/0',
  '10.0.0',
  '1.2.3.4.5',
  'wiki.internal:0',
  'wiki.internal:70000',
  'wiki.internal:',
  'wiki.internal:80:81',
  'http://wiki.internal/',
  '"/etc/passwd"',
  '[fd12::5',
  '[]',
  '[fd12::]x:80',
  'bücher.lan',
  'all#',
])('refuses %s, and names the variable', (entry) => {
  const [line] = rules({ FETCH_ALLOWED_HOSTS: `ok.internal ${entry}` });
  expect(line).toMatch(/^78: egress: FETCH_ALLOWED_HOSTS: ".*" is not .* Set it in \.env, then: docker compose up -d$/);
});

test.each(['0', '65536', 'http', '80-90', '-1', '80;443'])('refuses the port %s, as the runner does', (port) => {
  expect(rules({ FETCH_PORTS: `80,${port}` })[0]).toMatch(/^78: egress: FETCH_PORTS: /);
  expect(config.safeParse({ FETCH_PORTS: `80,${port}` }).success).toBe(false);
});
