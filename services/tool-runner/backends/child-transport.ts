import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { serializeMessage, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/client';
import { within } from '#shared/ground/deadline.ts';
import { createLineReader } from './lines.ts';
import { relayStderr } from './stderr.ts';
import { NotSent } from './transports.ts';

export interface ChildCommand {
  /** Its name in servers.json. */
  server: string;
  command: string;
  args: string[];
  /** The child's whole environment: nothing of the runner's own is added. */
  env: Record<string, string>;
  cwd: string | undefined;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Milliseconds that a child gets to end after its stdin is closed, and again after SIGTERM. */
const endMs = 1_500;
/** Milliseconds for reading what a child printed before it ended. */
const drainMs = 500;
/** Characters of one message; a longer one ends the connection. */
const messageMaxLength = 32_000_000;

/**
 * Speaks MCP with a child process over its stdin and stdout. The child leads a process group of its own, so that the
 * processes that it starts end with it (the SDK's own transport leaves grandchildren behind).
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

  /** What it printed on stderr that may be a reason, for the operator. */
  get complaint(): string {
    return this.#complaint() || 'it said nothing on stderr';
  }

  /** How the child has ended by itself and what it printed, for the operator; undefined while it has not ended so. */
  get ending(): string | undefined {
    const { exitCode = null, signalCode = null } = this.#child ?? {};
    if (this.#asked || (exitCode === null && signalCode === null)) return undefined;
    return `it ended (${exitCode ?? signalCode}): ${this.complaint}`;
  }

  /** Rejects with a reason for the operator when the command cannot be started. */
  async start(): Promise<void> {
    const { command, args, env, cwd, server } = this.#command;
    const child = spawn(command, args, { env, cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw cannotStart(error as NodeJS.ErrnoException, this.#command);
    }
    this.#child = child;
    // An error after the start (a signal that cannot be sent, a broken pipe) shows as the child's end.
    for (const source of [child, child.stdin, child.stdout]) source.on('error', (error) => this.onerror?.(error));
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#complaint = relayStderr(server, child.stderr);
    child.once('exit', () => {
      killGroup(child, 'SIGKILL');
      // What was printed before the end still counts, but a process that left the group may hold the pipe open for
      // ever.
      const late = setTimeout(() => child.stdout.destroy(), drainMs);
      child.once('close', () => {
        clearTimeout(late);
        this.onclose?.();
      });
    });
  }

  #receive(chunk: Buffer): void {
    let messages: JSONRPCMessage[];
    try {
      messages = this.#lines.read(chunk);
    } catch (error) {
      this.onerror?.(error as Error);
      void this.close();
      return;
    }
    for (const message of messages) this.onmessage?.(message);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) throw new NotSent('the child has ended');
    await new Promise<void>((resolve, reject) => {
      // A message counts only with its last byte, the line break: one that was not written fully was not sent.
      child.stdin.write(serializeMessage(message), (error) => {
        if (error) reject(new NotSent(error.message, { cause: error }));
        else resolve();
      });
    });
  }

  /** Ends the child and all that it started: closes stdin, then SIGTERM, then SIGKILL. */
  async close(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    // A child that no longer reads is ending by itself, and says why.
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

function cannotStart(error: NodeJS.ErrnoException, { command, cwd }: ChildCommand): Error {
  // The system reports a missing folder with the same code.
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
