// The run as a workflow of DBOS. It is taken from its queue, or started in this process by a request over HTTP.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { connectCalls } from '../minimal/calls.ts';
import { answer, type End, type Question } from './agent.ts';
import { dbosQueue, dbosWorkflow } from './modules.ts';
import { loadPeer } from './packages.ts';

const { DATABASE_URL = '', MODEL_URL = '', TOOL_URL = '' } = process.env;

const { DBOS } = loadPeer('@dbos-inc/dbos-sdk');
const calls = connectCalls(MODEL_URL, TOOL_URL);

DBOS.setConfig({ name: 'bench', systemDatabaseUrl: DATABASE_URL, logLevel: 'error' });
const run = DBOS.registerWorkflow(
  (question: Question): Promise<End> => answer(question, calls, (name, work) => DBOS.runStep(work, { name })),
  { name: dbosWorkflow },
);
await DBOS.launch();
await DBOS.registerQueue(dbosQueue.name, { minPollingIntervalMs: dbosQueue.pollMs });

async function runHere(question: Question): Promise<End> {
  const handle = await DBOS.startWorkflow(run, { workflowID: question.id })(question);
  return handle.getResult();
}

const server = createServer((request, response) => {
  void json(request)
    .then((question) => runHere(question as Question))
    .then(
      (end) => response.end(JSON.stringify(end)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
});
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.stdout.write(`${JSON.stringify({ msg: 'ready', addresses: { direct: url } })}\n`);
});
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
  void DBOS.shutdown().then(() => calls.close());
});
