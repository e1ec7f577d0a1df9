import { startRigProcess, type RigProcess } from './process.ts';

/** One process of the rig at a time, which is ended and started again. */
export interface Restartable extends AsyncDisposable {
  /** How it ended each time that nobody had told it to. */
  died: string[];
  current(): RigProcess | undefined;
  kill(): Promise<void>;
  /** `env`: more variables, for this start only. */
  start(env?: Record<string, string>): Promise<void>;
}

export function restartable(
  script: string,
  env: Record<string, string>,
  flags: string[] = [],
  trees: (string | undefined)[] = [],
): Restartable {
  let current: RigProcess | undefined;
  let count = 0;
  const died: string[] = [];
  const kill = async (): Promise<void> => {
    const going = current;
    current = undefined;
    await going?.kill();
  };
  return {
    current: () => current,
    kill,
    died,
    async start(extra = {}) {
      count += 1;
      const process = await startRigProcess(script, { ...env, ...extra }, flags, trees[count % trees.length]);
      current = process;
      void process.gone.then(({ code, signal }) => {
        if (current === process && code !== 0)
          died.push(`${script} (${code ?? signal}): ${process.tail().slice(-2_000)}`);
      });
    },
    [Symbol.asyncDispose]: kill,
  };
}
