import type { ToolContext } from '#mcp/kit.ts';
import { createDatabases, type Databases } from './databases.ts';
import { JobFailed } from './engine/child.ts';
import { SETTLE_MS, type Job, type Results, type RowLimits } from './engine/jobs.ts';
import { createPool } from './engine/pool.ts';
import { explainFailure } from './failures.ts';
import { createInsights, type Insights } from './insights.ts';

export interface Settings {
  root: string;
  timeoutMs: number;
  limits: RowLimits;
  processes: number;
}

/** A job without what every job has. */
type Asked<Kind extends Job['kind']> = Omit<Job & { kind: Kind }, 'file' | 'busyMs'> & { kind: Kind };

/** What the tools of this domain work with. */
export interface Backend extends AsyncDisposable {
  settings: Settings;
  databases: Databases;
  insights: Insights;
  /** Does a job with the named database, or the only one. @throws ToolError */
  run<Kind extends Job['kind']>(
    context: Pick<ToolContext, 'signal'>,
    database: string | undefined,
    job: Asked<Kind>,
  ): Promise<{ database: string; result: Results[Kind] }>;
}

/** How long a job waits for another program's lock. */
const maxBusyMs = 3_000;

export function createBackend(settings: Settings): Backend {
  const databases = createDatabases(settings.root);
  const pool = createPool({ size: settings.processes, ms: settings.timeoutMs });
  return {
    settings,
    databases,
    insights: createInsights(settings.root),
    async run(context, database, job) {
      const { name, path } = await databases.file(database);
      const busyMs = Math.min(maxBusyMs, Math.floor(settings.timeoutMs / 2));
      try {
        const whole = { ...job, file: path, busyMs } as never;
        return { database: name, result: (await pool.run(whole, context.signal)) as never };
      } catch (error) {
        const writing = job.kind === 'write' || job.kind === 'create';
        if (writing && brokeOff(error)) await settle(path, busyMs);
        throw explainFailure(error, { database: name, timeoutMs: settings.timeoutMs, writing });
      }
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };

  /** What was begun must not lie in the file until somebody happens to look. If this fails, the next job does it. */
  async function settle(file: string, busyMs: number): Promise<void> {
    const signal = AbortSignal.timeout(SETTLE_MS);
    await pool.run({ kind: 'settle', file, busyMs }, signal).catch(() => undefined);
  }
}

function brokeOff(error: unknown): boolean {
  return error instanceof JobFailed && ['cut', 'died', 'unknown-outcome'].includes(error.problem.kind);
}
