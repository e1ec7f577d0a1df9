import { errorText } from '#shared/ground/errors.ts';
import type { CliConfig } from '../config.ts';
import { staleStackFiles } from '../stack-files/follow.ts';
import { warning, type Finding } from './finding.ts';

/** Whether the files of the Compose stack follow the list of servers. Nothing to say where they do, or are not here. */
export async function checkStackFiles({ MCP_SERVERS_FILE: list }: CliConfig): Promise<Finding[]> {
  const mend = 'npx dragoman servers sync, then docker compose up -d where it runs on Compose.';
  try {
    const stale = await staleStackFiles(list);
    return stale.length === 0 ? [] : [warning('Compose files', `${stale.join(', ')} do not follow ${list}`, mend)];
  } catch (error) {
    return [warning('Compose files', errorText(error), mend)];
  }
}
