import type { Command } from 'commander';
import { paint } from '#shared/ground/paint.ts';
import { OperatorError } from '#shared/ground/errors.ts';
import { readCliConfig, type CliConfig } from '../config.ts';
import { checkApi } from '../doctor/check-api.ts';
import { checkArchive } from '../doctor/check-archive.ts';
import { checkDisk } from '../doctor/check-disk.ts';
import { checkDiscord } from '../doctor/check-discord.ts';
import { checkModel } from '../doctor/check-model.ts';
import { checkRedis } from '../doctor/check-redis.ts';
import { checkEnvFile, checkNode, checkPolicy, checkServers } from '../doctor/check-settings.ts';
import { broken, ok, warning, type Finding } from '../doctor/finding.ts';
import { readStackFile } from '../stack-file.ts';
import type { Terminal } from '../terminal.ts';
import { listRunnerTools, noRunner, partTold } from '../tool-runners.ts';
import { checkStackFiles } from '../doctor/check-stack-files.ts';

/** `dragoman doctor`: looks at every dependency and setting, and says how to mend what is wrong. */
export function addDoctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .option('--json', 'as JSON')
    .action(async (options: { json?: true }) => {
      const findings = await examine(readCliConfig());
      if (options.json) terminal.out.write(`${JSON.stringify(findings, undefined, 2)}\n`);
      else for (const finding of findings) terminal.out.write(describe(finding));
      if (findings.some(({ state }) => state === 'broken')) process.exitCode = 1;
    });
}

async function examine(config: CliConfig): Promise<Finding[]> {
  const [redis, archive, model, runners, discord, api] = await Promise.all([
    checkRedis(config),
    checkArchive(config),
    checkModel(config),
    checkToolRunners(config),
    checkDiscord(config),
    checkApi(config),
  ]);
  const here = [checkNode(), checkStack(), ...checkDisk(), checkEnvFile(config), ...(await checkStackFiles(config))];
  return [...here, ...redis, ...archive, model, checkServers(config), ...runners, checkPolicy(config), discord, api];
}

function checkStack(): Finding {
  const stack = readStackFile();
  if (!stack) return warning('stack', 'none runs from this folder', 'npm start, or set REDIS_URL and TOOL_RUNNERS.');
  return ok('stack', `${Object.keys(stack.services).length} processes, started ${stack.startedAt}`);
}

async function checkToolRunners(config: CliConfig): Promise<Finding[]> {
  const runners = await listRunnerTools(config).catch((error: unknown) => {
    // A broken list of servers is a finding of its own.
    return error instanceof OperatorError && error.reason === 'no-stack' ? error : [];
  });
  if (runners instanceof OperatorError) {
    return [
      warning('tools', 'not looked at: no stack is known', 'npm start, or set TOOL_RUNNERS and DRAGOMAN_SIGNING_KEY.'),
    ];
  }
  const each = runners.map(({ server, url, tools, notReady, problem = notReady }) => {
    if (problem !== undefined) return broken(`tools: ${server}`, `${url}: ${problem}`, mendRunner(server, problem));
    return ok(`tools: ${server}`, `${tools.length} at ${url}`);
  });
  const part = partTold(runners, config);
  return part === undefined ? each : [...each, ok('tools', part)];
}

function mendRunner(server: string, problem: string): string {
  if (problem.includes('DRAGOMAN_SIGNING_KEY')) return 'Set DRAGOMAN_SIGNING_KEY to the key that the worker has.';
  if (problem === noRunner)
    return 'Start it (npm start), or say where it listens in TOOL_RUNNERS; its own log says why it stopped.';
  return `npx dragoman servers test ${server} tries it alone; servers disable ${server} leaves it out.`;
}

function describe({ name, state, detail, mend }: Finding): string {
  const mark = { ok: paint.green('✓'), warning: paint.yellow('!'), broken: paint.red('✗') }[state];
  const first = `${mark} ${paint.bold(name.padEnd(18))} ${detail}\n`;
  return mend === undefined ? first : `${first}  ${' '.repeat(18)} ${paint.cyan(`→ ${mend}`)}\n`;
}
