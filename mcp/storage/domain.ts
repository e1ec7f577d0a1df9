import { z } from 'zod';
import type { Domain } from '#mcp/kit.ts';
import { getObjectTool } from './get-object.ts';
import { listBucketsTool } from './list-buckets.ts';
import { listObjectsTool } from './list-objects.ts';
import { presignObjectTool } from './presign-object.ts';
import { putObjectTool } from './put-object.ts';
import { statObjectTool } from './stat-object.ts';
import { createStore } from './store.ts';

const whole = () => z.coerce.number().int();

const names = () =>
  z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    );

export const config = z.object({
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must look like http://minio:9000' })
    .meta({ description: 'The S3 server', example: 'http://minio:9000' }),
  S3_ACCESS_KEY: z.string().min(1).meta({ description: 'Access key id for the S3 server', example: 'dragoman' }),
  S3_SECRET_KEY: z
    .string()
    .min(1)
    .meta({ secret: true, description: 'Secret key that belongs to S3_ACCESS_KEY', example: 'change-me' }),
  S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'must be a region name such as us-east-1')
    .default('us-east-1')
    .meta({ description: 'Region for signatures; us-east-1 for MinIO and most others' }),
  S3_BUCKETS: names().meta({
    description: 'Comma-separated buckets that may be used; all that the key reaches if empty',
  }),
  S3_READ_ONLY_BUCKETS: names().meta({ description: 'Comma-separated buckets that are never written to' }),
  S3_MAX_READ_BYTES: whole().min(1024).max(16_777_216).default(49_152).meta({
    description: 'Most bytes of an object, or of a list, in one answer, which holds them twice: see RESULT_MAX_BYTES',
  }),
  S3_MAX_WRITE_BYTES: whole().min(1).max(268_435_456).default(2_000_000).meta({
    description:
      'Largest object that can be written, in bytes; with more, REQUEST_MAX_BYTES must be over twice as much',
  }),
  S3_PUBLIC_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must look like https://files.example.org' })
    .optional()
    .meta({
      description: 'Where people reach the S3 server, if not at S3_ENDPOINT; links that the bot makes lead there',
      example: 'https://files.example.org',
    }),
  S3_LINK_MAX_SECONDS: whole().min(60).max(604_800).default(86_400).meta({
    description: 'Most seconds that a link to an object works',
  }),
  S3_TIMEOUT_MS: whole().min(100).max(600_000).default(30_000).meta({ description: 'Longest call, in milliseconds' }),
});

/** The tools over the objects of one S3 server. */
export function createDomain(values: z.output<typeof config>): Domain {
  const store = createStore({
    endpoint: values.S3_ENDPOINT,
    region: values.S3_REGION,
    credentials: { accessKeyId: values.S3_ACCESS_KEY, secretAccessKey: values.S3_SECRET_KEY },
    buckets: new Set(values.S3_BUCKETS),
    readOnlyBuckets: new Set(values.S3_READ_ONLY_BUCKETS),
    maxReadBytes: values.S3_MAX_READ_BYTES,
    maxWriteBytes: values.S3_MAX_WRITE_BYTES,
    timeoutMs: values.S3_TIMEOUT_MS,
    publicEndpoint: values.S3_PUBLIC_ENDPOINT,
    maxLinkSeconds: values.S3_LINK_MAX_SECONDS,
  });
  return {
    name: 'storage',
    title: 'Object storage',
    core: ['minio_list_objects'],
    keywords:
      's3 minio bucket object file Objektspeicher Datei archivo objeto fichier objet хранилище объект 对象 存储桶 オブジェクト バケット',
    tools: [
      listBucketsTool(store),
      listObjectsTool(store),
      statObjectTool(store),
      getObjectTool(store),
      putObjectTool(store),
      presignObjectTool(store),
    ],
    answerBytes: values.S3_MAX_READ_BYTES,
    check: () => store.check(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
