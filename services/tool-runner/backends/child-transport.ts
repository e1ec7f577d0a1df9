import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { serializeMessage, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/client';
import { within } from '#shared/ground/deadline.ts';
import { assertRunnable, guarded, guardFd } from './guard.ts';
import { createLineReader } from './lines.ts';
import { relayStderr } from './stderr.ts';
import { NotSent, TooLongToSend } from './transports.ts';

export interface ChildCommand {
  /** Its name in servers.json. */
  server: string;
  command: string;
  args: string[];
  /** All of its environment: nothing of the runner's is passed on beside it. */
  env: Record<string, string>;
  cwd: string | undefined;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Milliseconds that a child gets after its stdin is closed, and again after SIGTERM. */
const endMs = 1_500;
/** Milliseconds for reading what an ended child has printed. */
const drainMs = 500;
/** Characters of one message; a longer one is not read. */
const messageMaxLength = 32_000_000;
/** Bytes that a server may be sent in one message. Those made with MCP's SDK answer nothing any more after a longer one. */
const sentMaxBytes = 10_000_000;

/**
 * Speaks MCP with a child process over its stdin and stdout. The child leads a process group of its own, so that what it
 * starts ends with it (the SDK's own transport leaves grandchildren behind), and a guard in that group ends all of it when
 * this process is gone.
 */
export class ChildTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  #child: Child | undefined;
  #complaint = () => '';
  /** True once we have asked it to end. */
  #asked = false;
  readonly #command: ChildCommand;
  readonly #lines = createLineReader(messageMaxLength);

  constructor(command: ChildCommand) {
    this.#command = command;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What it said on stderr that may be a reason, for the operator. */
  get complaint(): string {
    return this.#complaint() || 'it said nothing on stderr';
  }

  /** How the child has ended by itself and what it said, for the operator; undefined when it has not. */
  get ending(): string | undefined {
    const { exitCode = null, signalCode = null } = this.#child ?? {};
    if (this.#asked || (exitCode === null && signalCode === null)) return undefined;
    return `it ended (${exitCode ?? signalCode}): ${this.complaint}`;
  }

  /** Rejects with a reason for the operator when the command cannot be started. */
  async start(): Promise<void> {
    if (this.#asked) throw new Error('the runner is stopping');
    const { server } = this.#command;
    const child = startGuarded(this.#command);
    // Before it runs: who closes meanwhile must find it.
    this.#child = child;
    child.once('exit', () => this.#ended(child));
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw cannotStart(error as NodeJS.ErrnoException, this.#command);
    }
    // An error after the start (a signal that cannot be sent, a broken pipe) shows as the child's end.
    for (const source of [child, ...child.stdio]) source?.on('error', (error) => this.onerror?.(error));
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#complaint = relayStderr(server, child.stderr);
  }

  #ended(child: Child): void {
    killGroup(child, 'SIGKILL');
    // What was printed before the end still counts; somebody who left the group may hold a pipe open for ever.
    const late = setTimeout(() => {
      for (const stream of child.stdio) stream?.destroy();
    }, drainMs);
    child.once('close', () => {
      clearTimeout(late);
      this.onclose?.();
    });
  }

  #receive(chunk: Buffer): void {
    for (const message of this.#lines.read(chunk)) this.onmessage?.(message);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) throw new NotSent('the child has ended');
    const line = serializeMessage(message);
    const bytes = Buffer.byteLength(line);
    if (bytes > sentMaxBytes) throw new TooLongToSend(`the message has ${bytes} bytes`);
    await new Promise<void>((resolve, reject) => {
      // A message counts from its last byte on, the line break: one that was not written whole was not sent.
      child.stdin.write(line, (error) => {
        if (error) reject(new NotSent(error.message, { cause: error }));
        else resolve();
      });
    });
  }

  /** Ends the child and all that it started: closes stdin, then SIGTERM, then SIGKILL. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) this.#asked = true;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    // Who does not read any more is ending by itself, and says why.
    if (child.stdin.errored && (await within(gone, drainMs))) return;
    this.#asked = true;
    child.stdin.end();
    if (await within(gone, endMs)) return;
    killGroup(child, 'SIGTERM');
    if (await within(gone, endMs)) return;
    killGroup(child, 'SIGKILL');
    await gone;
  }
}

/** Throws Error with a reason for the operator when there is no such command. */
function startGuarded(wanted: ChildCommand): Child {
  const { command, args, env, cwd } = wanted;
  try {
    assertRunnable(command, env, cwd);
  } catch (error) {
    throw cannotStart(error as NodeJS.ErrnoException, wanted);
  }
  const stdio: ('pipe' | 'ignore')[] = ['pipe', 'pipe', 'pipe'];
  stdio[guardFd] = 'pipe';
  return spawn(...guarded(command, args, env), { env, cwd, detached: true, stdio }) as Child;
}

function cannotStart(error: NodeJS.ErrnoException, { command, cwd }: ChildCommand): Error {
  // The system says so of a missing folder, too.
  if (error.code === 'ENOENT' && cwd !== undefined && !existsSync(cwd)) {
    return new Error(`its folder (cwd) ${cwd} does not exist`, { cause: error });
  }
  if (error.code === 'ENOENT') {
    return new Error(`its command ${command} was not found (ENOENT): install it or correct the entry`, {
      cause: error,
    });
  }
  return new Error(`its command ${command} cannot be run (${error.code ?? error.message})`, { cause: error });
}

function killGroup(child: Child, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: nobody is left in the group.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
