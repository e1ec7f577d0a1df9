import { expect, test } from 'vitest';
import { readEntry } from './entry.ts';
import { parseServerFile } from './file.ts';

// The files are those that each client's documentation shows.

function entries(text: string) {
  return Object.fromEntries(parseServerFile(text, 'a file').entries.map(([name, raw]) => [name, readEntry(raw)]));
}

test('Claude Desktop, and Claude Code with its variables', () => {
  const { sqlite, api } = entries(`{
    "mcpServers": {
      "sqlite": { "command": "uvx", "args": ["mcp-server-sqlite", "--db-path", "~/test.db"] },
      "api": { "type": "http", "url": "\${API_BASE_URL:-https://api.example.com}/mcp", "headers": { "Authorization": "Bearer \${API_KEY}" } }
    },
    "globalShortcut": ""
  }`);
  expect(sqlite?.entry).toMatchObject({ command: 'uvx', args: ['mcp-server-sqlite', '--db-path', '~/test.db'] });
  expect(api?.entry).toMatchObject({ type: 'http', headers: { Authorization: 'Bearer ${API_KEY}' } });
});

test('Cursor: variables of the environment, an SSE server by its address, a file of variables', () => {
  const { local, remote } = entries(`{ "mcpServers": {
    "local": { "type": "stdio", "command": "python", "args": ["\${userHome}/server.py"], "env": { "API_KEY": "\${env:API_KEY}" }, "envFile": ".env.mcp" },
    "remote": { "url": "http://localhost:3000/sse", "headers": { "X-Key": "\${env:KEY}" } }
  } }`);
  expect(local?.entry).toEqual({
    command: 'python',
    args: ['${HOME}/server.py'],
    env: { API_KEY: '${API_KEY}' },
    envFile: '.env.mcp',
    disabled: false,
    trustAnnotations: false,
  });
  expect(remote?.entry).toMatchObject({ type: 'sse', headers: { 'X-Key': '${KEY}' } });
});

test('VS Code: comments, trailing commas, inputs, null in env', () => {
  const { github, playwright, workspace } = entries(`{
    // what is asked for
    "inputs": [{ "type": "promptString", "id": "github-token", "description": "A token", "password": true }],
    "servers": {
      "github": { "type": "http", "url": "https://api.githubcopilot.com/mcp/", "headers": { "Authorization": "Bearer \${input:github-token}" } },
      "playwright": { "type": "stdio", "command": "npx", "args": ["-y", "@microsoft/mcp-server-playwright"], "env": { "PORT": 8931, "NODE_OPTIONS": null }, "dev": { "watch": "*" }, "gallery": true, },
      "workspace": { "command": "node", "args": ["\${workspaceFolder}/server.js"] },
    },
  }`);
  expect(github?.problem).toBe(
    '${input:github-token} is asked for by an editor only: set GITHUB_TOKEN in the environment or .env, and write ${GITHUB_TOKEN}',
  );
  expect(playwright).toMatchObject({ entry: { env: { PORT: '8931' } }, notes: [] });
  expect(workspace?.problem).toBe('${workspaceFolder} is filled in by an editor only: write what it stands for');
});

test('Windsurf, Gemini CLI, Cline and Roo: other keys for the same', () => {
  const { windsurf, gemini, cline, roo } = entries(`{ "mcpServers": {
    "windsurf": { "serverUrl": "https://example.com/mcp", "headers": { "API_KEY": "\${env:TOKEN}" }, "disabledTools": ["a"] },
    "gemini": { "httpUrl": "https://example.com/mcp", "timeout": 5000, "trust": true },
    "cline": { "type": "streamableHttp", "url": "https://example.com/mcp", "disabled": false, "autoApprove": ["x"], "timeout": 60 },
    "roo": { "type": "streamable-http", "url": "https://example.com/mcp", "alwaysAllow": [] }
  } }`);
  for (const each of [windsurf, gemini, cline, roo])
    expect(each?.entry).toMatchObject({ type: 'http', url: 'https://example.com/mcp' });
  expect(windsurf?.notes).toEqual([expect.stringMatching(/^"disabledTools" is not used: .*policy\.yaml/)]);
  expect(gemini?.notes).toEqual([
    '"timeout" is not used: TOOL_TIMEOUT_MS is for all servers',
    expect.stringMatching(/^"trust" is not used/),
  ]);
  expect(cline?.notes).toHaveLength(2);
  expect(roo?.notes).toHaveLength(1);
});

test('Zed: both forms of a command, what is switched off', () => {
  const { now, before, remote, off, extension } = entries(`{
    "theme": "One Dark", // the rest of its settings
    "context_servers": {
      "now": { "source": "custom", "command": "some-command", "args": ["a"], "env": {} },
      "before": { "command": { "path": "node", "args": ["server.js"], "env": { "A": "1" } }, "settings": {} },
      "remote": { "url": "https://example.com/mcp", "headers": { "Authorization": "Bearer x" } },
      "off": { "enabled": false, "command": "x" },
      "extension": { "source": "extension", "settings": { "token": "t" } },
    }
  }`);
  expect(now).toMatchObject({ entry: { command: 'some-command' }, notes: [] });
  expect(before?.entry).toMatchObject({ command: 'node', args: ['server.js'], env: { A: '1' } });
  expect(remote?.entry).toMatchObject({ type: 'http' });
  expect(off).toMatchObject({ disabled: true });
  expect(extension?.problem).toBe('has neither command nor url, but "settings"');
});

test('a transport under another name, headers as lines, a key that nobody knows', () => {
  const { fastmcp, mcphost, odd } = entries(`{ "mcpServers": {
    "fastmcp": { "transport": "streamable-http", "url": "https://example.com/sse" },
    "mcphost": { "url": "http://some-host:8000/sse", "headers": ["Authorization: Bearer \${TOKEN}"] },
    "odd": { "command": "x", "args": ["--port", 8000], "colour": "blue", "disabled": "no" }
  } }`);
  expect(fastmcp?.entry).toMatchObject({ type: 'http' });
  expect(mcphost?.entry).toMatchObject({ type: 'sse', headers: { Authorization: 'Bearer ${TOKEN}' } });
  expect(odd).toMatchObject({
    entry: { args: ['--port', '8000'] },
    notes: ['"colour" is not used: nothing here knows it'],
  });
});
