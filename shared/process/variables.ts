import { z } from 'zod';
import { port } from '#shared/ground/config.ts';

/** Variables that every service has. */
export const serviceVariables = {
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .meta({ description: 'How much is logged: trace, debug, info, warn, error or fatal' }),
  METRICS_PORT: port(9464).meta({ description: 'Port of /metrics, /healthz and /readyz' }),
  METRICS_HOST: z.string().default('0.0.0.0').meta({ description: 'Address that the metrics port listens on' }),
};
