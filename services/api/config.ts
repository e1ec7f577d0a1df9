import { z } from 'zod';
import { archiveVariables } from '#shared/archive/variables.ts';
import { hostNames, httpUrl, integer, list, origins, port } from '#shared/ground/config.ts';
import { serviceVariables } from '#shared/process/variables.ts';
import { gatewayVariables } from '#shared/process/gateway-variables.ts';
import { redisVariables } from '#shared/redis/variables.ts';

/** The environment variables of the HTTP door. */
export const config = z.object({
  ...serviceVariables,
  ...redisVariables,
  ...archiveVariables,
  API_PORT: port(8080).meta({ description: 'Port of the HTTP API' }),
  API_HOST: z.string().default('127.0.0.1').meta({
    description: 'Address that the HTTP API listens on; one that others can reach needs an API key to be configured',
  }),
  DRAGOMAN_API_KEYS_FILE: z.string().optional().meta({
    description: 'File with API keys, besides those that `dragoman keys create` makes (docs/http-api.md)',
  }),
  API_OIDC_ISSUER: httpUrl().optional().meta({
    description: 'Identity provider whose tokens are taken besides API keys; its groups get roles in the policy',
    example: 'https://login.example.org/realms/main',
  }),
  API_OIDC_AUDIENCE: z.string().optional().meta({
    description: 'The audience that its tokens must have: the name of this API with the identity provider',
    example: 'dragoman',
  }),
  API_OIDC_CLAIM: z.string().default('groups').meta({ description: "The tokens' claim that names a person's groups" }),
  POLICY_FILE: z.string().default('mcp/policy.yaml').meta({ description: 'Who may use which tools' }),
  ...gatewayVariables,
  API_UNKNOWN_MODEL: z.enum(['refuse', 'default']).default('refuse').meta({
    description: 'What a model name that nobody knows gets: refuse (404 with the list) or default (MODEL_NAME answers)',
  }),
  TITLE_MODEL: z.string().optional().meta({
    description:
      'The model behind dragoman-without-tools, which clients ask for titles and tags; MODEL_NAME when unset',
    example: 'gpt-5-mini',
  }),
  API_CORS_ORIGINS: list('', origins).meta({
    description: 'Origins whose pages may call the API from a browser; none when empty',
    example: 'https://chat.example.org',
  }),
  API_HOSTS: list('', hostNames).meta({
    description: 'Host names under which the API is asked without a key, besides those of this machine',
  }),
  API_MAX_BODY_BYTES: integer(20_000_000, 1_000, 500_000_000).meta({ description: 'Largest body of a request' }),
  API_MAX_TEXT_CHARS: integer(400_000, 1_000, 20_000_000).meta({
    description: 'Characters of all messages of a request; more is refused as too long for the model',
  }),
  API_REQUESTS_PER_MINUTE: integer(600, 1, 1_000_000).meta({
    description: 'Requests of one key in a minute, where its roles set no limit',
  }),
  API_MAX_CONNECTIONS: integer(2_000, 1, 100_000).meta({ description: 'Connections that are open at once' }),
  API_REQUEST_TIMEOUT_MS: integer(60_000, 500, 3_600_000).meta({
    description: 'Milliseconds that a request may take to arrive; its head at most 10 s of these',
  }),
  API_STREAMS_PER_KEY: integer(200, 1, 100_000).meta({ description: 'Answers that one key may wait for at once' }),
  API_MAX_PENDING: integer(100, 1, 100_000).meta({ description: 'Unanswered runs that one key may have' }),
  SHUTDOWN_GRACE_MS: integer(10_000, 0, 600_000).meta({
    description: 'Milliseconds that answers under way get after SIGTERM before their streams are ended',
  }),
});

export type ApiConfig = z.output<typeof config>;
