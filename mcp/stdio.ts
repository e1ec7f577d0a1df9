import { Console } from 'node:console';
import { once } from 'node:events';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { loadDomain, type DomainName } from './domains.ts';
import { withoutLongLines } from './long-lines.ts';
import { createServer, type ToolSource } from './kit.ts';
import { loadConfig, type Environment } from '#shared/ground/config.ts';

/** Bytes of one message: what a domain writes at most, as JSON. */
const messageMaxBytes = 32_000_000;

/**
 * Serves a domain as a plain MCP server over this process' stdin and stdout, for any MCP client. Resolves when the
 * client closes stdin, or at SIGTERM or SIGINT. Writes nothing but the protocol to stdout. `env` holds the domain's
 * variables. Throws ConfigError when they are wrong.
 */
export async function serveDomainOverStdio(name: DomainName, env: Environment): Promise<void> {
  keepStdoutClean();
  const module = await loadDomain(name);
  await using domain = module.createDomain(loadConfig(module.config, env));
  await serveOverStdio(domain);
}

/** Serves any tools in the same way, until the client closes stdin, or at SIGTERM or SIGINT. */
export async function serveOverStdio(source: ToolSource): Promise<void> {
  keepStdoutClean();
  const stop = new AbortController();
  const input = withoutLongLines(process.stdin, messageMaxBytes, (line) => process.stdout.write(line));
  const server = serveStdio(() => createServer(source), {
    // Twice as much as a line: another one may have begun.
    transport: new StdioServerTransport(input, process.stdout, { maxBufferSize: 2 * messageMaxBytes }),
    onerror: (error) => process.stderr.write(`${source.name}: ${error.message}\n`),
  });
  await Promise.race([
    once(process.stdin, 'close', stop),
    once(process.stdin, 'end', stop),
    once(process, 'SIGTERM', stop),
    once(process, 'SIGINT', stop),
  ]);
  stop.abort();
  await server.close();
}

/** A library that prints would break the protocol. */
function keepStdoutClean(): void {
  globalThis.console = new Console(process.stderr, process.stderr);
}
