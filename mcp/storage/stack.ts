import type { DomainStack } from '#mcp/stack.ts';

export const stack: DomainStack = {
  backend: ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'],
  serve: async ({ folder, port }) => {
    const { startEmbeddedS3 } = await import('./embedded/s3.ts');
    const server = await startEmbeddedS3({ dataDir: folder, port });
    return {
      environment: {
        S3_ENDPOINT: server.endpoint,
        S3_ACCESS_KEY: server.accessKey,
        S3_SECRET_KEY: server.secretKey,
        S3_REGION: server.region,
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  question: 'Which buckets are there?',
  demo: {
    folder: '/data',
    lay: async (folder) => {
      const { layBucket } = await import('./demo.ts');
      return layBucket(folder) ? ['bucket demo'] : [];
    },
  },
  secrets: {
    s3: (have, random) => ({
      access_key: have['access_key'] ?? 'dragoman',
      secret_key: have['secret_key'] ?? random(),
    }),
  },
  summary: 'Objects in S3 buckets',
  gatewayName: 's3',
};
