import type { DomainStack } from '#mcp/stack.ts';

export const stack: DomainStack = {
  backend: ['FILESYSTEM_ROOT'],
  folder: 'workspace',
  lay: async (folder) => {
    const { seedWorkspace } = await import('./demo.ts');
    await seedWorkspace(folder);
    return { FILESYSTEM_ROOT: folder };
  },
  question: 'Which files are in the workspace?',
  demo: {
    folder: '/workspace',
    lay: async (folder) => {
      const { seedWorkspace } = await import('./demo.ts');
      return (await seedWorkspace(folder)) ? ['workspace'] : [];
    },
  },
  summary: 'Files of the workspace',
  gatewayName: 'files',
};
