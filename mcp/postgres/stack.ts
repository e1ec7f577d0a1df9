import type { DomainStack } from '#mcp/stack.ts';

export const stack: DomainStack = {
  backend: ['POSTGRES_URL'],
  serve: async ({ folder, port, log }) => {
    const { startEmbeddedPostgres } = await import('./embedded/postgres.ts');
    const server = await startEmbeddedPostgres({ dataDir: folder, port, log });
    return {
      environment: { POSTGRES_URL: server.url },
      gone: server.gone,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  question: 'Which tables are in the database, and how many rows has the largest?',
  secrets: {
    'postgres-reader': (have, random) => {
      const password = have['password'] ?? random();
      return { password, url: `postgresql://dragoman_ro:${password}@postgres:5432/shop` };
    },
  },
  summary: 'Read-only SQL on the PostgreSQL database',
  gatewayName: 'pg',
};
