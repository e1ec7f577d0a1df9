import path from 'node:path';
import { keepLoopbackDirect } from '#shared/ground/loopback.ts';
import { paint } from '#shared/ground/paint.ts';
import { configureLogging } from '#shared/process/log.ts';
import { DragomanError } from '#shared/ground/errors.ts';
import { readStackFile, removeStackFile, stateFolder, writeStackFile } from '#services/cli/stack-file.ts';
import { envFile, readEnvFile } from '#services/cli/setup/env-file.ts';
import { oddSettings } from '#services/cli/setup/odd-settings.ts';
import { processTerminal } from '#services/cli/terminal.ts';
import { parseArguments, usage, UsageError, type StartArguments } from './arguments.ts';
import { createBuild, type Build } from './build.ts';
import { StartError } from './errors.ts';
import { readGivenSecrets } from './given.ts';
import { openStateFolder } from './folder.ts';
import { lookAtHttpDoor } from './http-door.ts';
import { watchInterrupts } from './interrupts.ts';
import { offerLocalModel } from './local-model.ts';
import { createScreen, type Screen } from './screen.ts';
import { showAddresses, showReady } from './welcome.ts';
import { refreshStackFile } from './refresh.ts';
import { startStack } from './stack.ts';

const root = path.resolve(import.meta.dirname, '..');

async function main(options: StartArguments): Promise<void> {
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  process.chdir(root);
  // What the environment sets stands above the file, even if it is empty.
  Object.assign(process.env, { ...readEnvFile(), ...process.env });
  keepLoopbackDirect(process.env);
  readGivenSecrets(process.env);
  const running = readStackFile();
  if (options.once !== undefined && running) {
    const { askOnce } = await import('./questions.ts');
    process.exitCode = await askOnce(options.once, running.environment['REDIS_URL'] ?? '');
    return;
  }
  using state = openStateFolder(stateFolder());
  if (options.once === undefined) {
    const goOn = await offerLocalModel(processTerminal(), process.env, { first: () => state.first('model-asked') });
    if (!goOn) {
      process.exitCode = 130;
      return;
    }
  }
  const screen = createScreen({ verbose: options.verbose, logFolder: state.folder('logs') });
  const servers = process.env['MCP_SERVERS_FILE'] || 'mcp/servers.json';
  for (const odd of oddSettings(envFile, servers)) screen.warn(`.env: ${odd}`);
  const build = createBuild({ state, screen, env: process.env, onChange: () => refreshStackFile(build, screen) });
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
    const { door, api, servers } = await startStack(build, {
      door: options.once === undefined,
      onAddresses: (addresses) => showAddresses(addresses, build.state.folder('logs')),
    });
    writeStackFile(build.describe());
    // By then the backends of all servers have addresses.
    void servers.settled.then(() => refreshStackFile(build, screen));
    const redisUrl = build.environment['REDIS_URL'] ?? '';
    const newcomer = build.state.first('first-start');
    if (options.once !== undefined) {
      // With --once there is only one question, so it should find every tool that can be had.
      await Promise.race([servers.settled, interrupts.happened]);
      const { askOnce } = await import('./questions.ts');
      process.exitCode = await askOnce(options.once, redisUrl, interrupts.signal);
      return;
    }
    showReady(door.page, api === undefined ? undefined : await lookAtHttpDoor(api));
    if (newcomer) {
      const domains = await Promise.race([servers.domains, interrupts.happened]);
      // What asks and shows an answer is loaded when it is needed: it takes a second on a slow machine.
      const { introduce } = await import('./introduction.ts');
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

async function stopInOrder(build: Build, screen: Screen): Promise<void> {
  removeStackFile();
  const step = screen.step('stopped');
  await build.stop();
  step.done();
}

configureLogging('start', 'silent');
try {
  await main(parseArguments(process.argv.slice(2)));
} catch (error) {
  const known = error instanceof StartError || error instanceof DragomanError;
  process.stderr.write(`${paint.red(known ? error.message : `Dragoman could not start: ${String(error)}`)}\n`);
  process.exitCode ||= error instanceof UsageError ? 2 : 1;
}
