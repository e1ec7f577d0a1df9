import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tryServer } from '#services/cli/servers/try-server.ts';
import { documentedEntries } from '../documented.ts';
import { uvFolder } from './uv.ts';

// Runs the entries of docs/servers.md that npm and PyPI serve, behind the real tool-runner. Keys are placeholders.

const run = promisify(execFile);

/** A tool that each server must have. Its author decides which others it has. */
const tools: Record<string, string> = {
  brave: 'brave_web_search',
  github: 'search_code',
  slack: 'slack_post_message',
  memory: 'create_entities',
  thinking: 'sequentialthinking',
  everything: 'echo',
  folder: 'read_text_file',
  time: 'get_current_time',
  web: 'fetch',
  wikipedia: 'search_wikipedia',
  git: 'git_log',
  sqlite: 'read_query',
};

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-registries-'));
  await run('git', ['init', '-q', folder]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function environment(): Record<string, string | undefined> {
  return {
    ...process.env,
    PATH: `${path.join(uvFolder(), 'bin')}:${process.env['PATH']}`,
    BRAVE_API_KEY: 'placeholder',
    GITHUB_TOKEN: 'placeholder',
    SLACK_BOT_TOKEN: 'xoxb-placeholder',
    SLACK_TEAM_ID: 'T00000000',
    GRAPH_FILE: path.join(folder, 'graph.jsonl'),
    SHARED_FOLDER: folder,
    REPOSITORY: folder,
    SQLITE_FILE: path.join(folder, 'test.db'),
  };
}

const elsewhere = [...documentedEntries()].filter(([, raw]) => 'url' in raw).map(([name]) => name);
const local = [...documentedEntries()].filter(([, raw]) => !('url' in raw));

it('knows a tool of each documented server that has a command', () => {
  expect(Object.keys(tools).toSorted()).toEqual(local.map(([name]) => name).toSorted());
  expect(elsewhere).toEqual(['search', 'legacy', 'github-remote']);
});

/** Programs whose registry does not answer; run.ts names what is skipped because of that. */
const without = process.env['SERVERS_WITHOUT']?.split(',') ?? [];

it.each(local.filter(([, { command }]) => !without.includes(command as string)))(
  '%s starts and lists its tools',
  async (name, raw) => {
    const trial = await tryServer(name, raw, environment());
    process.stdout.write(
      `servers: ${name}: ${trial.problem ?? `${trial.name} ${trial.version}, ${trial.tools.length} tools`}\n`,
    );
    expect(trial.problem).toBe(undefined);
    expect(trial.tools).toContain(`${name}__${tools[name]}`);
  },
);
