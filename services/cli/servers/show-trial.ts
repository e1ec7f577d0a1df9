import { paint } from '#shared/ground/paint.ts';
import type { Environment } from '#shared/ground/config.ts';
import { redact } from '#shared/process/log.ts';
import { presentedName } from '#shared/servers/presented-name.ts';
import type { Terminal } from '../terminal.ts';
import { duration, oneLine, printable } from '../text.ts';
import { tryServer, type Trial } from './try-server.ts';

/** Tries a server and shows the outcome. Resolves to whether it works. */
export async function tryAndShow(
  terminal: Terminal,
  server: string,
  raw: object,
  env: Environment,
  options: { json?: boolean | undefined } = {},
): Promise<boolean> {
  if (!options.json) terminal.err.write(paint.dim(`Starting ${server} …\n`));
  const trial = await tryServer(server, raw, env);
  if (options.json) {
    const tools = trial.tools.map(presentedName);
    terminal.out.write(
      `${JSON.stringify({ server, works: trial.problem === undefined, ...trial, tools }, undefined, 2)}\n`,
    );
  } else {
    terminal.out.write(described(server, trial));
  }
  return trial.problem === undefined;
}

function described(server: string, trial: Trial): string {
  const { name, version, protocol, tools, leftOut, problem, ms } = trial;
  if (problem !== undefined) return `${paint.red('✗')} ${server} does not work: ${oneLine(redact(problem), 600)}\n`;
  const itself = name === undefined ? '' : `${printable(name)} ${printable(version ?? '')}`.trim();
  const facts = [itself, protocol && `MCP ${protocol}`, `${tools.length} tools`, duration(ms)].filter(Boolean);
  return [
    `${paint.green('✓')} ${server} works: ${facts.join(', ')}`,
    ...tools.map((tool) => `    ${printable(presentedName(tool))}`),
    ...leftOut.map(({ tool, why }) => `  ${paint.yellow('!')} left out: ${printable(tool)}: ${oneLine(why, 200)}`),
    '',
  ].join('\n');
}
