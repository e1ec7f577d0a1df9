import { errorText } from '#shared/ground/errors.ts';
import type { Service } from '#mcp/http/service.ts';

const CHECK_MS = 5_000;

/** A cheap question of each service, whose answer shows that it is the one. */
const questions: Record<string, readonly string[]> = {
  Prometheus: ['api', 'v1', 'status', 'buildinfo'],
  Alertmanager: ['api', 'v2', 'status'],
  Loki: ['loki', 'api', 'v1', 'labels'],
  Netdata: ['api', 'v1', 'info'],
};

/**
 * Rejects where all services are away: the tools of those that are there still work, and a call to one that is away
 * says so.
 */
export async function checkAll(services: Partial<Record<string, Service>>): Promise<void> {
  const { signal } = new AbortController();
  const asked = Object.entries(services).map(([name, service]) =>
    service!.ask({ path: questions[name]!, timeoutMs: CHECK_MS }, { signal }, () => undefined),
  );
  const problems = (await Promise.allSettled(asked)).flatMap((end) =>
    end.status === 'rejected' ? [errorText(end.reason)] : [],
  );
  if (asked.length > 0 && problems.length === asked.length) throw new Error(problems.join(' '));
}
