import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onPath } from '#start/apt.ts';
import { startChildServer, type ChildServer } from './child-server.ts';
import { freePort } from './ports.ts';

/** Why suites that need Prometheus are skipped here; undefined when they can run. */
export const prometheusMissing: string | undefined =
  onPath('prometheus') && onPath('promtool') ? undefined : 'prometheus is not installed: apt-get install prometheus';

export const alertmanagerMissing: string | undefined = onPath('prometheus-alertmanager')
  ? undefined
  : 'Alertmanager is not installed: apt-get install prometheus-alertmanager';

/**
 * A real Prometheus over samples that were there before it started. `samples` is OpenMetrics text with a time behind each
 * value; `rules` a file of rules.
 */
export async function startTestPrometheus({
  samples,
  rules,
}: {
  samples: string;
  rules: string;
}): Promise<ChildServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-prometheus-'));
  const [data, config, text, rulesFile] = ['data', 'prometheus.yml', 'samples.txt', 'rules.yml'].map((name) =>
    path.join(folder, name),
  );
  await mkdir(data!);
  await writeFile(text!, samples);
  await writeFile(rulesFile!, rules);
  await writeFile(config!, `global: { evaluation_interval: 1s }\nrule_files: [${rulesFile}]\n`);
  const made = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text!, data!], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`promtool cannot make blocks: ${made.stderr}`);
  const port = await freePort();
  const server = await startChildServer({
    program: 'prometheus',
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-admin-api',
      '--web.enable-lifecycle',
      '--query.max-samples=200000',
    ],
    url: `http://127.0.0.1:${port}`,
    readyPath: '/-/ready',
  });
  return removing(server, folder);
}

/** A real Alertmanager without alerts. */
export async function startTestAlertmanager(): Promise<ChildServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-alertmanager-'));
  const config = path.join(folder, 'alertmanager.yml');
  await writeFile(config, 'route: { receiver: none }\nreceivers: [{ name: none }]\n');
  const port = await freePort();
  const server = await startChildServer({
    program: 'prometheus-alertmanager',
    args: [
      `--config.file=${config}`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    url: `http://127.0.0.1:${port}`,
    readyPath: '/-/ready',
  });
  return removing(server, folder);
}

function removing(server: ChildServer, folder: string): ChildServer {
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
