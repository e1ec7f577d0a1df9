import { configureLogging, createLogger, withRun } from '../log.ts';

// Writes lines through the real logger. It is a process of its own, because pino writes to the descriptor of stdout.
// Each line's message is the JSON of the fields that it was given, and of the run it was written in; the test compares.

const log = createLogger('probe');
const child = log.child({ part: 'child' });
configureLogging('probes', 'info');

let count = 0;

/** Writes one line with a field that no other line has. */
function say(logger: typeof log, run: string | undefined, own: Record<string, unknown> = {}): void {
  count += 1;
  const fields = { [`only${count}`]: count, ...own };
  logger.info(fields, JSON.stringify({ ...fields, ...(run === undefined ? {} : { run }) }));
}

async function lines(run: string): Promise<void> {
  say(log, run, { error: 'the first try failed', usage: { tokens: 1 } });
  await new Promise((resolve) => setImmediate(resolve));
  log.info(JSON.stringify({ run }));
  say(log, run, { outcome: 'answered' });
  say(child, run, { error: 'of the child' });
  say(child, run);
  // A field that is given for this line alone wins over the context, and only here.
  log.info({ run: 'another' }, JSON.stringify({ run: 'another' }));
  await withRun(`${run}-inner`, async () => {
    say(log, `${run}-inner`, { nested: true });
    await new Promise((resolve) => setImmediate(resolve));
    say(log, `${run}-inner`);
  });
  say(log, run);
}

say(log, undefined, { error: 'before all runs' });
await Promise.all(['a', 'b', 'c'].map((run) => withRun(run, () => lines(run))));
say(log, undefined);
