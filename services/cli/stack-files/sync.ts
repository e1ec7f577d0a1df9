import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadServers } from '#shared/servers/list.ts';
import { renderCompose } from './compose.ts';
import { stackEntries, type StackEntry } from './entries.ts';
import { renderGateway } from './gateway.ts';
import { renderPrometheus } from './prometheus.ts';

/** A file of the Compose stack that follows from the list of servers. */
export interface StackFile {
  /** Path relative to the project. */
  file: string;
  /** Its present text, and the text that it should have. */
  is: string;
  should: string;
}

type Render = (root: string, text: string, entries: StackEntry[]) => string;

const files: Record<string, Render> = {
  'compose.yaml': renderCompose,
  'litellm/config.yaml': (_, text, entries) => renderGateway(text, entries),
  'grafana/prometheus/prometheus.yml': (_, text, entries) => renderPrometheus(text, entries),
};

/**
 * The files of the Compose stack below `root`, as they are and as `list` (by default its mcp/servers.json) wants them.
 * Missing files are left out. Throws ConfigError or OperatorError when something that it reads is wrong.
 */
export async function stackFiles(root: string, list = path.join(root, 'mcp/servers.json')): Promise<StackFile[]> {
  const entries = await stackEntries(root, loadServers(list));
  return Object.entries(files).flatMap(([file, render]) => {
    const at = path.join(root, file);
    if (!existsSync(at)) return [];
    const is = readFileSync(at, 'utf8');
    return [{ file, is, should: render(root, is, entries) }];
  });
}
