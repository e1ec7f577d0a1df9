import type { DomainName } from '#mcp/domains.ts';
import { seedWorkspace } from '#mcp/filesystem/demo.ts';
import type { Build, Variables } from './build.ts';

/** What `npm start` does for one of our domains: all that it knows of it stands here. */
interface DomainDefaults {
  /**
   * Variables of the person's that its tool-runner gets and no other process. When the first of them is set, they have
   * a backend of their own.
   */
  variables: string[];
  /** Starts a backend with demo data for those who have none. Resolves with the variables of its clients. */
  embedded?: (build: Build) => Promise<Variables>;
  /** Shows somebody new what the domain does, on any machine. */
  question?: string;
}

/** In the order in which they are shown to somebody new. */
export const domains: Record<DomainName, DomainDefaults> = {
  postgres: {
    variables: ['POSTGRES_URL'],
    embedded: (build) => build.backend('postgres'),
    question: 'Which tables are in the database, and how many rows has the largest?',
  },
  storage: {
    variables: ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'],
    embedded: (build) => build.backend('storage'),
    question: 'Which buckets are there?',
  },
  filesystem: {
    variables: ['FILESYSTEM_ROOT'],
    async embedded(build) {
      const folder = build.state.folder('workspace');
      await seedWorkspace(folder);
      return { FILESYSTEM_ROOT: folder };
    },
    question: 'Which files are in the workspace?',
  },
  fetch: { variables: ['FETCH_PROXY'] },
};

/** For a stack without domains: the worker's own tool answers it. */
export const anyQuestion = 'What time is it in Tokyo?';

/** The variables that only the tool-runner of their domain gets. */
export function domainVariables(): string[] {
  return Object.values(domains).flatMap(({ variables }) => variables);
}
