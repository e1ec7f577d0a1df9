import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadEnvFile } from 'node:process';
import { paint } from '#shared/ground/paint.ts';
import { configureLogging } from '#shared/process/log.ts';
import { DragomanError } from '#shared/ground/errors.ts';
import { readStackFile, removeStackFile, stateFolder, writeStackFile } from '#services/cli/stack-file.ts';
import { parseArguments, usage, UsageError, type StartArguments } from './arguments.ts';
import { createBuild, type Build } from './build.ts';
import { StartError } from './errors.ts';
import { openStateFolder } from './folder.ts';
import { describeHttpDoor, lookAtHttpDoor, type HttpDoor } from './http-door.ts';
import { watchInterrupts } from './interrupts.ts';
import { introduce } from './introduction.ts';
import { askOnce } from './questions.ts';
import { createScreen, type Screen } from './screen.ts';
import { startStack } from './stack.ts';

const root = path.resolve(import.meta.dirname, '..');

async function main(options: StartArguments): Promise<void> {
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  process.chdir(root);
  if (existsSync('.env')) loadEnvFile('.env');
  const running = readStackFile();
  if (options.once !== undefined && running) {
    process.exitCode = await askOnce(options.once, running.environment['REDIS_URL'] ?? '');
    return;
  }
  using state = openStateFolder(stateFolder());
  const screen = createScreen({ verbose: options.verbose, logFolder: state.folder('logs') });
  const build = createBuild({ state, screen, env: process.env, onChange: () => refreshStackFile(build) });
  await live(build, options, screen);
}

/** Starts the stack, answers the question or stays up until told to stop, and ends everything in order. */
async function live(build: Build, options: StartArguments, screen: Screen): Promise<void> {
  const interrupts = watchInterrupts(() => build.kill());
  // An interrupt also ends a start that is under way.
  interrupts.signal.addEventListener('abort', () => void stop(), { once: true });
  let stopping: Promise<void> | undefined;
  function stop(): Promise<void> {
    stopping ??= stopInOrder(build, screen);
    return stopping;
  }
  try {
    const { door, api, servers } = await startStack(build, { door: options.once === undefined });
    writeStackFile(build.describe());
    // By then the backends of all servers have addresses.
    void servers.settled.then(() => refreshStackFile(build));
    const redisUrl = build.environment['REDIS_URL'] ?? '';
    const newcomer = build.state.first('first-start');
    if (options.once !== undefined) {
      // With --once there is only one question, so it should find every tool that can be had.
      await Promise.race([servers.settled, interrupts.happened]);
      process.exitCode = await askOnce(options.once, redisUrl, interrupts.signal);
      return;
    }
    showAddresses(door.page, api === undefined ? undefined : await lookAtHttpDoor(api));
    if (newcomer) {
      const domains = await Promise.race([servers.domains, interrupts.happened]);
      if (domains) await introduce({ redisUrl, door, domains }, interrupts.signal);
    }
    await interrupts.happened;
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
    process.exitCode = 130;
  } finally {
    await stop();
  }
}

/**
 * Writes what has changed of a stack that is up. A stack that is still being started, or stopped already, has no file.
 */
function refreshStackFile(build: Build): void {
  if (readStackFile() && !build.stopped()) writeStackFile(build.describe());
}

async function stopInOrder(build: Build, screen: Screen): Promise<void> {
  removeStackFile();
  const step = screen.step('stopped');
  await build.stop();
  step.done();
}

function showAddresses(page: string | undefined, door: HttpDoor | undefined): void {
  const http = door && describeHttpDoor(door);
  const lines = [
    page ? `${paint.bold('Chat with the bot:')}  ${paint.cyan(page)}  (the playground, a stand-in for Discord)` : '',
    page ? '' : `${paint.bold('The bot is on Discord.')} Mention it there.`,
    `${paint.bold('In a terminal:')}      npx dragoman chat`,
    http ? `${paint.bold('Over HTTP:')}          ${paint.cyan(http.address)}` : '',
    http ? `                    ${http.example}` : '',
    `${paint.bold('Logs:')}               ${shown(path.join(stateFolder(), 'logs'))}`,
    `${paint.bold('Stop:')}               Ctrl-C`,
  ];
  process.stdout.write(`\n${lines.filter(Boolean).join('\n')}\n`);
}

/** A path, relative to the project's folder where that is shorter. */
function shown(file: string): string {
  const relative = path.relative(root, file);
  return relative.startsWith('..') ? file : relative;
}

configureLogging('start', 'silent');
try {
  await main(parseArguments(process.argv.slice(2)));
} catch (error) {
  const known = error instanceof StartError || error instanceof DragomanError;
  process.stderr.write(`${paint.red(known ? error.message : `Dragoman could not start: ${String(error)}`)}\n`);
  process.exitCode ||= error instanceof UsageError ? 2 : 1;
}
