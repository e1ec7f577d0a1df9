import type { DomainStack } from '#mcp/stack.ts';

export const stack: DomainStack = {
  backend: ['SQLITE_ROOT'],
  folder: 'databases',
  lay: async (folder) => {
    const { seedDatabases } = await import('./demo.ts');
    await seedDatabases(folder);
    return { SQLITE_ROOT: folder };
  },
  question: 'Which tables are in the SQLite database?',
  demo: {
    folder: '/databases',
    lay: async (folder) => {
      const { seedDatabases } = await import('./demo.ts');
      return (await seedDatabases(folder)) ? ['SQLite database tastings.db'] : [];
    },
  },
  summary: 'SQLite database files',
  gatewayName: 'sqlite',
};
