// The run as a handler of a Restate service, which the server calls over HTTP/2.
import { createServer } from 'node:http2';
import { connectCalls } from '../minimal/calls.ts';
import { answer, type Question } from './agent.ts';
import { loadPeer } from './packages.ts';
import { restateService } from './modules.ts';

const { MODEL_URL = '', TOOL_URL = '', PORT = '' } = process.env;

const restate = loadPeer('@restatedev/restate-sdk');
const calls = connectCalls(MODEL_URL, TOOL_URL);
const service = restate.service({
  name: restateService,
  handlers: {
    run: (context, question: Question) => answer(question, calls, (name, work) => context.run(name, work)),
  },
});

const server = createServer(restate.createEndpointHandler({ services: [service] }));
server.listen(Number(PORT), '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ msg: 'ready', addresses: {} })}\n`);
});
process.once('SIGTERM', () => {
  server.close();
  void calls.close().then(() => process.disconnect());
});
