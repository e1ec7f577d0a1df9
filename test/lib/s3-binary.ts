import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { errorText } from '#shared/ground/errors.ts';

/**
 * The S3 server of the tests: it serves the S3 API over a folder, and is one static binary, built from its Go module.
 */
const VERSION = 'v1.8.0';
const MODULE = 'github.com/versity/versitygw';
const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'dragoman');

/** The path of the server's binary once it is built. */
export const s3Binary = path.join(cache, `versitygw-${VERSION}`);

/** The variable in which `npm test` tells its workers why it could not build the server. */
const toldIn = 'TEST_S3_MISSING';

/** Why suites that need a real S3 server are skipped here; undefined when they can run. */
export const s3Missing: string | undefined = existsSync(s3Binary)
  ? undefined
  : (process.env[toldIn] ?? 'no S3 server is built yet: npm test -- mcp/storage builds it');

/** Lets the suites that need the server skip themselves, with this reason. */
export function skipS3Suites(reason: string): void {
  process.env[toldIn] = reason;
}

export interface BuildOptions {
  /** The go command; by default the one of this machine. Undefined when there is none. */
  go?: string | undefined;
  /** Where the binary goes. Older binaries beside it are removed. */
  binary?: string;
  /** Gets each line that go prints. */
  heard?: (line: string) => void;
  /** How many milliseconds the module's source has to answer. It takes a second, or does not come at all. */
  lookMs?: number;
  /**
   * How many milliseconds downloading and compiling may take: one to two minutes on a small machine, eight on a busy
   * one.
   */
  buildMs?: number;
}

/**
 * Builds the server unless a working one exists. Throws Error with the reason on one line, without brackets, when it
 * cannot be built.
 */
export async function buildS3Server(options: BuildOptions = {}): Promise<void> {
  const { binary = s3Binary, heard = () => undefined, lookMs = 60_000, buildMs = 20 * 60_000 } = options;
  if (spawnSync(binary, ['--version'], { stdio: 'ignore' }).status === 0) return;
  rmSync(binary, { force: true });
  const go = 'go' in options ? options.go : findGo();
  if (go === undefined) throw new Error('no S3 server: Go is not installed, so versitygw cannot be built');
  const parent = path.dirname(binary);
  const folder = path.join(parent, `build-${process.pid}`);
  try {
    mkdirSync(parent, { recursive: true });
    // This is asked first and separately, so that a machine that cannot reach the module learns so at once.
    await run(go, ['list', '-m', `${MODULE}@${VERSION}`], { cwd: parent, ms: lookMs, heard });
    const target = `${MODULE}/cmd/versitygw@${VERSION}`;
    const build = { cwd: parent, ms: buildMs, heard, env: { GOBIN: folder, CGO_ENABLED: '0' } };
    await run(go, ['install', '-v', '-trimpath', '-ldflags=-s -w', target], build);
    renameSync(path.join(folder, 'versitygw'), binary);
  } catch (error) {
    // Brackets would end the name of the suite that gives the reason too early.
    const why = errorText(error).replaceAll(/[()\s]+/g, ' ');
    throw new Error(`no S3 server: versitygw cannot be built: ${why}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const name of readdirSync(parent))
    if (name.startsWith('versitygw-') && name !== path.basename(binary))
      rmSync(path.join(parent, name), { force: true });
}

function findGo(): string | undefined {
  const places = ['go', '/usr/local/go/bin/go', path.join(homedir(), 'go/bin/go')];
  return places.find((place) => spawnSync(place, ['version'], { stdio: 'ignore' }).status === 0);
}

interface Run {
  /** A folder outside of any module, so that only the named module counts. */
  cwd: string;
  ms: number;
  heard: (line: string) => void;
  env?: Record<string, string>;
}

/** Runs go. Rejects with the last line that it printed. */
async function run(go: string, args: string[], { cwd, ms, heard, env }: Run): Promise<void> {
  const late = AbortSignal.timeout(ms);
  const child = spawn(go, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: late,
    killSignal: 'SIGKILL',
  });
  let last = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter((each) => each.trim() !== '')) {
      last = line.trim();
      heard(last);
    }
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(late.aborted ? tooSlow() : error));
    // This does not wait for `close`: processes that go has started may hold the pipe after go was ended.
    child.once('exit', (status) => (late.aborted ? reject(tooSlow()) : resolve(status)));
  });
  if (code !== 0) throw new Error(last || `go ${args[0]} ended with ${String(code)}`);

  function tooSlow(): Error {
    const what = `go ${args[0]} took longer than ${ms / 1_000} s`;
    return new Error(last === '' ? what : `${what}; it said last: ${last}`);
  }
}
