import { Argument, type Command } from 'commander';
import { processEnvironment } from '#shared/ground/config.ts';
import { domainNames, type DomainName } from '#mcp/domains.ts';
import { readStackFile } from '../stack-file.ts';

/** `dragoman mcp <domain>`: one domain's tools as a plain MCP server over stdio, for any MCP client. */
export function addMcpCommand(program: Command): void {
  program
    .command('mcp')
    .description("serve a domain's tools over stdio, for any MCP client; its variables as in .env.example")
    .addArgument(new Argument('<domain>', 'which tools').choices(domainNames))
    .action(async (domain: DomainName) => {
      const { serveDomainOverStdio } = await import('#mcp/stdio.ts');
      await serveDomainOverStdio(domain, { ...readStackFile()?.environment, ...processEnvironment() });
    });
}
