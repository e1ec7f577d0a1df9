import { z } from 'zod';
import { version } from '#shared/process/version.ts';
import { actingOperations } from './acting.ts';
import { askingOperations } from './asking.ts';
import { json, tags, type Operation } from './operation.ts';
import { jsonSchemaOf } from '../http/json-schema.ts';
import { protocolOperations } from './protocols.ts';
import { serviceOperations } from './service.ts';

/** Every route, in the order in which people read them. */
export const operations: Operation[] = [
  ...askingOperations,
  ...protocolOperations,
  ...actingOperations,
  ...serviceOperations,
];

const error = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});

/** What `/openapi.json` answers: OpenAPI 3.1, made from the routes' own schemas. */
export function openApiDocument() {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Dragoman',
      version,
      description: "A language model with tools, behind OpenAI's protocols. Each request is a durable run.",
    },
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: jsonSchemaOf(error) },
      responses: {
        Error: {
          description: "A refusal or failure, in OpenAI's shape",
          content: { [json]: { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  };
}

export type OpenApiDocument = ReturnType<typeof openApiDocument>;

function describe({ method, path, summary, description, tag, body, status, answer, types, open, ...rest }: Operation) {
  const schema = answer ? jsonSchemaOf(answer) : {};
  const content = (types ?? [json]).map((type) => [type, type === json ? { schema } : { schema: { type: 'string' } }]);
  return {
    operationId: `${method} ${path}`.replaceAll(/[^a-z]+/gi, '_').replace(/_$/, ''),
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(open && { security: [] }),
    parameters: [...pathParameters(path), ...queryParameters(rest.query), ...headerParameters(rest.headers)],
    ...(body && { requestBody: { required: true, content: { [json]: { schema: jsonSchemaOf(body) } } } }),
    responses: {
      [status ?? 200]: { description: 'The answer', content: Object.fromEntries(content) },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function pathParameters(path: string): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => {
    return { name, in: 'path', required: true, schema: { type: 'string' } };
  });
}

function queryParameters(query: z.ZodObject | undefined): object[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    return { name, in: 'query', schema: jsonSchemaOf(schema as z.ZodType) };
  });
}

function headerParameters(headers: Record<string, string> = {}): object[] {
  return Object.entries(headers).map(([name, description]) => {
    return { name, in: 'header', description, schema: { type: 'string' } };
  });
}
