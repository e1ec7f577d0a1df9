import type { Pool } from 'undici';
import { startTestPostgres } from '#test/lib/postgres.ts';
import type { End, Question } from './agent.ts';
import { dbosQueue, dbosWorkflow, type DbosModule } from './modules.ts';
import { loadPeer } from './packages.ts';
import { startPeerWorker, type System } from './system.ts';

/** PostgreSQL's own defaults; the tests' server does not wait for the disk. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '128MB' };

/** DBOS on a real PostgreSQL. A client outside the worker enqueues the runs and polls for their results. */
export async function startDbos(): Promise<System> {
  const postgres = await startTestPostgres({ settings: durable });
  await postgres.admin('CREATE DATABASE bench');
  const url = postgres.adminUrl('bench');
  let client: ReturnType<DbosModule['DBOSClient']['create']> | undefined;
  // The worker makes the tables; the client needs them to exist.
  const connect = () =>
    loadPeer('@dbos-inc/dbos-sdk').DBOSClient.create({ systemDatabaseUrl: url, applicationName: 'bench' });
  return {
    name: 'dbos',
    server: postgres.pid,
    startWorker: (played) => startPeerWorker('dbos.worker.ts', played, { DATABASE_URL: url }),
    async ask(id, text) {
      client ??= connect();
      const options = { queueName: dbosQueue.name, workflowName: dbosWorkflow, workflowID: id };
      const handle = await (await client).enqueue(options, { id, text });
      return handle.getResult({ pollingIntervalMs: dbosQueue.pollMs });
    },
    async neededHuman() {
      const given = await (await client)?.listWorkflows({ status: 'MAX_RECOVERY_ATTEMPTS_EXCEEDED' });
      return given?.length ?? 0;
    },
    async [Symbol.asyncDispose]() {
      await (await client)?.destroy();
      await postgres[Symbol.asyncDispose]();
    },
  };
}

/** The shorter way: asks the worker itself over HTTP. It starts the run and answers with its end. */
export async function askDirectly(worker: Pool, question: Question): Promise<End> {
  const { body, statusCode } = await worker.request({ path: '/', method: 'POST', body: JSON.stringify(question) });
  if (statusCode !== 200) throw new Error(`the run failed: ${await body.text()}`);
  return (await body.json()) as End;
}
