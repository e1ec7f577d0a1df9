import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { ProtocolError, Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

/** A third-party MCP server over stdio. Its tools do what servers do when they go wrong. */

let hanging = 0;
let initialized = true;

type Act = (signal: AbortSignal) => string | Promise<string>;

const acts: Record<string, Act> = {
  pid: () => String(process.pid),
  hanging: () => String(hanging),
  environment: () => Object.keys(process.env).join(' '),
  fork: () => String(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }).pid),
  'stop-reading': () => {
    // This happens before the answer, so that a client with the answer can send nothing more that this process would
    // read.
    closeSync(0);
    return 'no longer reading';
  },
  'lose-session': () => {
    initialized = false;
    return 'lost';
  },
  die() {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  },
  hang(signal) {
    hanging += 1;
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        hanging -= 1;
        resolve('stopped');
      });
    });
  },
};

if (process.argv.includes('ignore-sigterm')) {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 1_000);
}

serveStdio(() => {
  const server = new Server({ name: 'scripted', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({
    tools: Object.keys(acts).map((name) => ({ name, inputSchema: { type: 'object' as const } })),
  }));
  server.setRequestHandler('tools/call', async (request, context) => {
    if (!initialized) throw new ProtocolError(-32_002, 'Server not initialized');
    const text = (await acts[request.params.name]?.(context.mcpReq.signal)) ?? 'no such tool';
    return { content: [{ type: 'text', text }] };
  });
  return server;
});
