import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createToolbox } from '#services/worker/tools/create-toolbox.ts';
import { parsePolicy } from '#shared/rights/policy.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import type { Caller } from '#shared/run/request.ts';
import { freePort } from '#test/lib/ports.ts';

const policy = parsePolicy(`
version: 1
roles: { all: { allow: ["*"] } }
members: { everyone: [all], terminal: [all], api_keys: { key: [all] } }
`);
const caller = (kind: Caller['kind']): Caller => ({ kind, id: 'key', name: '', discordRoles: [] });

test('an ingress that is away is told to people in Discord, and means nothing to others of the same roles', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-away-'));
  const file = path.join(folder, 'servers.json');
  await writeFile(file, '{"mcpServers":{"discord":{"command":"x","domain":"discord"}}}');
  await using toolbox = createToolbox({
    config: {
      MCP_SERVERS_FILE: file,
      TOOL_RUNNERS: [`discord=http://127.0.0.1:${await freePort()}/mcp`],
      TOOLS_REFRESH_MS: 60_000,
      TOOL_TIMEOUT_MS: 5_000,
      TOOL_RESULT_MAX_CHARS: 1_000,
    },
    policy: { current: () => policy, [Symbol.asyncDispose]: async () => undefined },
    signer: createSigner('k'.repeat(40)),
  });
  expect((await toolbox.offer(caller('discord'))).unreachable).toEqual(['discord']);
  expect((await toolbox.offer(caller('terminal'))).unreachable).toEqual([]);
  expect((await toolbox.offer(caller('api'))).unreachable).toEqual([]);
  await rm(folder, { recursive: true });
});

test('a policy that allows everything gives nobody outside of Discord its tools', () => {
  expect(policy.permission(caller('discord'), 'discord_read_messages')).toBe('allow');
  expect(policy.permission(caller('terminal'), 'discord_read_messages')).toBe('deny');
  expect(policy.permission(caller('api'), 'discord_post_message')).toBe('deny');
  expect(policy.permission(caller('terminal'), 'discord__tool_of_another_server')).toBe('allow');
});
