import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface ChildServer extends AsyncDisposable {
  url: string;
}

interface Start {
  program: string;
  args: readonly string[];
  url: string;
  /** What is asked for until it is answered with 200. */
  readyPath: string;
  /** Its whole environment; that of the test when absent. */
  env?: NodeJS.ProcessEnv;
  patienceMs?: number;
}

/** Runs a server and waits until it answers. Rejects with its last words when it ends before. */
export async function startChildServer({
  program,
  args,
  url,
  readyPath,
  env,
  patienceMs = 60_000,
}: Start): Promise<ChildServer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(env && { env }) });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000)));
  const gone = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${String(code)}: ${output}`)));
  });
  gone.catch(() => undefined);
  try {
    await Promise.race([answering(`${url}${readyPath}`, patienceMs), gone]);
  } catch (error) {
    await end(child);
    throw error;
  }
  return { url, [Symbol.asyncDispose]: () => end(child) };
}

async function answering(url: string, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const status = await fetch(url).then(
      async (response) => (await response.arrayBuffer(), response.status),
      () => 0,
    );
    if (status === 200) return;
    if (performance.now() > deadline) throw new Error(`nothing answers on ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
