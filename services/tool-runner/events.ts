import type { Client } from '@modelcontextprotocol/client';
import { createLogger } from '#shared/process/log.ts';
import { plainText } from './backends/text.ts';

const log = createLogger('tool-runner');

/** A wrapped server's list of tools could be read only in part. */
export function listIncomplete(server: string, why: string): void {
  log.warn({ server, why: plainText(why, 500) }, 'list of tools incomplete');
}

/** The wrapped server answers. `dragoman servers test` reads what the server says about itself from this line. */
export function backendConnected(server: string, client: Client): void {
  const { name, version } = client.getServerVersion() ?? {};
  const said = (text: string | undefined) => (typeof text === 'string' ? plainText(text, 100) : undefined);
  const protocol = client.getNegotiatedProtocolVersion();
  log.info({ server, name: said(name), version: said(version), protocol }, 'server connected');
}

/** The wrapped server was lost or could not be reached; it is tried again. */
export function backendAway(server: string, why: string): void {
  log.warn({ server, why }, 'server away');
}

/** A line that a child printed on stderr. */
export function childSaid(server: string, line: string): void {
  log.info({ server, line }, 'server printed');
}

/** A child printed more lines than are logged. */
export function childSaidMore(server: string, lines: number): void {
  log.warn({ server, lines }, 'server printed more than is logged');
}

/** A tool of the wrapped server is left out. */
export function toolDropped(server: string, tool: string, why: string): void {
  log.warn({ server, tool, why }, 'tool left out');
}

/** A tool of the wrapped server has an odd name, and is shown under a legal one. */
export function toolRenamed(server: string, tool: string, shown: string): void {
  log.info({ server, tool, shown }, 'tool shown under another name');
}

/** A wrapped server answered a call with a protocol error, whose text the model does not get. */
export function serverRefused(server: string, tool: string, error: string): void {
  log.warn({ server, tool, error }, 'server refused a call');
}
