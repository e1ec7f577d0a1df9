// Runs a script of this project with the Node it needs, after installing what is missing. This is plain JavaScript that
// Node 18 understands, because it runs before anything is installed and the machine's Node may be old.
//   node start/bootstrap.mjs <script> [arguments …]
import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants as fs,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lives, nameOfProcess, numberOfProcess } from '../shared/ground/lives.mjs';
import { askRegistry, watchRegistry } from './registry.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');
const node = path.join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

const parent = process.ppid;
const self = nameOfProcess(process.pid);

function say(text) {
  process.stderr.write(`${text}\n`);
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Says why npm must install; undefined when node_modules holds what package-lock.json asks for. */
export function whyInstall(folder = root) {
  const installed = readLock(path.join(folder, 'node_modules', '.package-lock.json'));
  if (!installed) return 'npm packages are not installed yet';
  const wanted = readLock(path.join(folder, 'package-lock.json')) ?? {};
  for (const [name, entry] of Object.entries(wanted)) {
    const here = installed[name];
    // npm leaves out optional packages that are for other platforms.
    if (name === '' || (here === undefined && entry.optional)) continue;
    if (here === undefined || here.version !== entry.version) return 'package-lock.json has changed';
  }
  return existsSync(path.join(folder, 'node_modules', '.bin', 'node'))
    ? undefined
    : 'Node 24 is not installed here yet';
}

/** The processes that a lock names: who installs, and npm, which goes on when that is killed. */
function holdersOf(lock) {
  try {
    return readFileSync(lock, 'utf8').split(' ').filter(Boolean);
  } catch {
    return [];
  }
}

/** Makes a file that never stands there without its text, however this process ends. False when there is one. */
function make(file, text) {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, text);
    try {
      linkSync(draft, file);
    } catch (error) {
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'].includes(error.code)) throw error;
      // Shared folders of virtual machines have no hard links. There it stands without its text for a moment.
      writeFileSync(file, text, { flag: 'wx' });
    }
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes away a lock whose holders have ended. One process at a time does that: a second one could meet a newer lock. */
function dropDeadLock(lock) {
  const key = `${lock}.drop`;
  if (!make(key, self)) {
    const holders = holdersOf(key);
    if (holders.length > 0 && !holders.some(lives)) rmSync(key, { force: true });
    return;
  }
  try {
    if (!holdersOf(lock).some(lives)) rmSync(lock, { force: true });
  } finally {
    rmSync(key, { force: true });
  }
}

function remedyOf(code) {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full: make room (1 GB), and start again';
  if (code === 'EROFS') return 'it lies on a file system that is read-only: clone it to where you can write';
  return 'start as the owner of that folder, or run npm ci there once as its owner';
}

/** Lets one process at a time install in a folder; the others wait. `work` gets a function that names npm's process. */
async function withInstallLock(work) {
  const lock = path.join(root, '.dragoman', 'install.lock');
  try {
    mkdirSync(path.dirname(lock), { recursive: true });
    accessSync(root, fs.W_OK);
    // Shows a disk on which nothing fits any more.
    writeFileSync(`${lock}.${process.pid}`, String(process.pid));
  } catch (error) {
    throw new Error(`Nothing can be installed in ${root} (${error.code}): ${remedyOf(error.code)}.`, { cause: error });
  } finally {
    rmSync(`${lock}.${process.pid}`, { force: true });
  }
  for (let told = false; !make(lock, self);) {
    const holder = holdersOf(lock).find(lives);
    if (holder === undefined) dropDeadLock(lock);
    else if (!told) {
      say('Another process is installing the npm packages here; waiting for it …');
      say(`  (If process ${numberOfProcess(holder)} is something else, remove ${lock})`);
      told = true;
    }
    await new Promise((resolve) => setTimeout(resolve, holder === undefined ? 10 : 200));
  }
  try {
    return await work((npm) => {
      const draft = `${lock}.${process.pid}`;
      writeFileSync(draft, `${self} ${nameOfProcess(npm)}`);
      renameSync(draft, lock);
    });
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Runs npm install; false when a signal has ended it. `onNpm` gets its process id. */
async function install(reason, onNpm) {
  say(`${reason[0].toUpperCase()}${reason.slice(1)}: running npm install (once, about half a minute) …`);
  const started = Date.now();
  const timer = setInterval(() => say(`  still installing, ${Math.round((Date.now() - started) / 1000)} s`), 10_000);
  const npm = process.env.npm_execpath;
  const [command, args] = npm && /\.[cm]?js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []];
  // `npm ci` would refuse the lock file on registries that lack the binaries of other platforms. With --no-save, `npm
  // install` takes the versions from the lock file too, and does not rewrite it.
  // npm would warn of each package that wants a newer Node than the machine's, although it is run by our own.
  // npm's output goes to stderr, because stdout belongs to the script. CI's omit settings must not leave the tools out.
  const child = spawn(
    command,
    [...args, 'install', '--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    },
  );
  if (child.pid) onNpm(child.pid);
  const signalled = passSignals(child);
  const stopWatch = watchRegistry({
    ask: () => askRegistry(command, args, root),
    say,
    giveUp: () => child.kill('SIGTERM'),
  });
  const code = await ended(child).finally(() => {
    clearInterval(timer);
    stopWatch();
  });
  const unreachable = stopWatch();
  if (signalled()) {
    process.exitCode = 128 + constants.signals[signalled()];
    return false;
  }
  if (unreachable !== undefined)
    throw new Error(
      `npm's registry cannot be reached: ${unreachable}. Check the network, a proxy (HTTPS_PROXY) and npm config get registry, then try again.`,
    );
  if (code !== 0)
    throw new Error(
      'npm install failed (see above). Check the network, the npm registry and the room on the disk, then try again.',
    );
  say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  return true;
}

/**
 * Makes `npx dragoman` find this project's own program at once. npm links the programs of packages, not the project's,
 * so npx would install the project into its cache instead.
 */
function linkProgram() {
  const link = path.join(modules, '.bin', 'dragoman');
  if (process.platform === 'win32' || lstatSync(link, { throwIfNoEntry: false })) return;
  try {
    symlinkSync(path.join('..', '..', 'services', 'cli', 'dragoman.mjs'), link);
  } catch {
    // A second process was faster, or the folder is read-only. npx then takes its longer way.
  }
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const missing = error.code === 'ENOENT' && child.spawnfile === 'npm';
      const text = missing
        ? 'npm is not on the path. It comes with Node: https://nodejs.org, or on Debian apt-get install npm.'
        : `cannot start ${child.spawnfile}: ${error.message}`;
      reject(new Error(text));
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** Sends a child the signals that come to us. The returned function tells the first of them. */
function passSignals(child) {
  let first;
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      first ??= signal;
      // A terminal sends Ctrl-C to the whole group, so the child already has it.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
  return () => first;
}

/**
 * Runs the script under Node 24 and resolves with its exit code. Signals are passed on, and a leash ends the script
 * when this process dies.
 */
async function run(script, args) {
  const leash = pathToFileURL(path.join(root, 'start', 'leash.mjs')).href;
  const child = spawn(node, ['--import', leash, script, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // Node keeps the compiled code: with a dozen processes this halves the time until all are up.
    env: {
      NODE_COMPILE_CACHE: path.join(modules, '.cache', 'compile'),
      ...process.env,
      PATH: `${path.join(modules, '.bin')}${path.delimiter}${process.env.PATH ?? ''}`,
    },
    shell: process.platform === 'win32',
  });
  passSignals(child);
  // npm cannot tell us when it is killed with SIGKILL; a change of our parent shows it.
  if (process.env.npm_lifecycle_event) {
    setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1_000).unref();
  }
  return ended(child);
}

async function main() {
  const [script, ...args] = process.argv.slice(2);
  if (!script) throw new Error('usage: node start/bootstrap.mjs <script> [arguments …]');
  if (whyInstall() && !process.env.DRAGOMAN_NO_INSTALL) {
    // After a wait for another process, everything is installed.
    const installed = await withInstallLock(async (onNpm) => {
      const reason = whyInstall();
      return !reason || (await install(reason, onNpm));
    });
    if (!installed) return;
  }
  linkProgram();
  const probe = spawnSync(node, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  if (probe.status !== 0) {
    throw new Error(
      `Node 24 from npm does not run on this machine (${node}): it is for macOS and for Linux with glibc, which Alpine lacks. If node_modules came from another machine, remove it and start again.`,
    );
  }
  process.exitCode = await run(path.resolve(root, script), args);
}

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  main().catch((error) => {
    say(error.message);
    process.exitCode = 1;
  });
}
