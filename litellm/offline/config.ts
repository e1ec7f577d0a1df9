import { z } from 'zod';
import { integer, port } from '#shared/ground/config.ts';
import { serviceVariables } from '#shared/process/variables.ts';

/** The offline model's environment variables. */
export const config = z.object({
  ...serviceVariables,
  HOST: z.string().default('127.0.0.1').meta({ description: 'Address that the offline model listens on' }),
  PORT: port(4010).meta({ description: 'Port of the offline model; 0 lets the system choose' }),
  OFFLINE_MODEL_DELAY_MS: integer(8, 0, 1_000).meta({
    description: 'Milliseconds between the pieces of a streamed answer, so that streaming can be seen',
  }),
});

export type OfflineModelConfig = z.output<typeof config>;
