import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';

/** Helmet's headers. They are the same for every answer, so that they are made once and not by its thirteen steps. */
export function securityHeaders(): RequestHandler {
  const made = new Map<string, string>();
  const response = {
    setHeader: (name: string, value: string) => made.set(name, value),
    removeHeader: () => undefined,
  } as unknown as ServerResponse;
  helmet({ crossOriginResourcePolicy: { policy: 'same-origin' } })(
    {} as IncomingMessage,
    response,
    (error?: unknown) => {
      if (error) throw error;
    },
  );
  return (_request, answer, next) => {
    for (const [name, value] of made) answer.setHeader(name, value);
    next();
  };
}
