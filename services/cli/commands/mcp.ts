import { Argument, type Command } from 'commander';
import { processEnvironment } from '#shared/ground/config.ts';
import { domainNames, type DomainName } from '#mcp/domains.ts';
import { readCliConfig } from '../config.ts';
import { readStackFile } from '../stack-file.ts';

const operator = 'operator';

/**
 * `dragoman mcp <domain>`: one domain's tools as a plain MCP server over stdio, for any MCP client. `dragoman mcp
 * operator`: the tools to operate Dragoman with.
 */
export function addMcpCommand(program: Command): void {
  program
    .command('mcp')
    .addArgument(new Argument('<domain>', 'which tools').choices([...domainNames, operator]))
    .action(async (domain: DomainName | typeof operator) => {
      if (domain === operator) {
        const { serveOperatorOverStdio } = await import('../operator-mcp.ts');
        return serveOperatorOverStdio(readCliConfig());
      }
      const { serveDomainOverStdio } = await import('#mcp/stdio.ts');
      await serveDomainOverStdio(domain, { ...readStackFile()?.environment, ...processEnvironment() });
    });
}
