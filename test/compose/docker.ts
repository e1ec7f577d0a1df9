import { spawn } from 'node:child_process';

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** Whether it rejects when the program fails; true by default. */
  check?: boolean;
  input?: string;
  /** Milliseconds. */
  timeout?: number;
}

/** Runs a program to its end. Rejects with its output when it fails, unless `check` is false. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeout ?? 900_000,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // A program may end before it has read its input; its exit code then tells enough.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0 && options.check !== false) {
    throw new Error(
      `${command} ${args.join(' ').slice(0, 200)} ended with ${code}:\n${`${stdout}\n${stderr}`.slice(-4_000)}`,
    );
  }
  return { code, stdout, stderr };
}

export function docker(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return run('docker', args, options);
}
