import { z } from 'zod';

/** The key of which the keys are made that sign the tokens between worker and tool-runners. */
export const signingVariables = {
  DRAGOMAN_SIGNING_KEY: z.string().min(32, 'must have at least 32 characters').meta({
    description:
      'Signs the tokens between worker and tool-runners; openssl rand -hex 32 makes one. A tool-runner and the ingress may have the key of their server instead',
    secret: true,
  }),
};
