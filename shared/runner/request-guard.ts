import type { IncomingMessage } from 'node:http';
import { validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server';

/** Why a request is turned away, before anything in it is used. */
export interface Rejection {
  status: number;
  /** JSON-RPC error code. */
  code: number;
  /** A sentence that says what to do. */
  message: string;
  headers?: Record<string, string>;
}

/** Checks what a tricked browser cannot forge: the Host and the Origin of a request. */
export interface RequestGuard {
  /** Undefined for a request that is let in. */
  rejection(request: IncomingMessage): Rejection | undefined;
}

/** A code to which neither JSON-RPC nor MCP gives a meaning. */
export const REQUEST_REJECTED = -32_000;

/** Too much is under way. The status is a 4xx, by which callers know that nothing was done. */
export const busy: Rejection = {
  status: 429,
  code: REQUEST_REJECTED,
  message: 'This server is busy with other large requests or answers; this one was not run. Try again in a moment.',
  headers: { 'retry-after': '1' },
};

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Lets in requests whose Host is loopback, the server's Compose service name or one of `hosts`, and whose Origin, if
 * there is one, is one of `origins` (MCP: servers must validate Origin; checking Host prevents DNS rebinding).
 */
export function createRequestGuard(server: string, hosts: readonly string[], origins: readonly string[]): RequestGuard {
  const allowedHosts = [...loopback, `tool-runner-${server}`, ...hosts];
  const allowedOrigins = [...origins];
  return {
    rejection(request) {
      const host = validateHostHeader(request.headers.host, allowedHosts);
      if (!host.ok) {
        return forbidden(`This Host is not served here. Add its name to ALLOWED_HOSTS to allow it.`);
      }
      const origin = validateOriginHeader(request.headers.origin, allowedOrigins);
      if (!origin.ok) {
        return forbidden(
          'Web pages of this Origin may not call here. Add its host name to ALLOWED_ORIGINS to allow it.',
        );
      }
      return undefined;
    },
  };
}

function forbidden(message: string): Rejection {
  return { status: 403, code: REQUEST_REJECTED, message };
}
