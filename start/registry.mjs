// npm tries a registry that does not answer again and again, for a quarter of an hour and without a word. This says
// meanwhile what is wrong. Plain JavaScript for Node 18: it is used before anything is installed.
import { spawn } from 'node:child_process';

/** How often the registry is asked, and for how long it may stay out of reach until there is no use in waiting. */
const usual = { everyMs: 10_000, patienceMs: 120_000 };
const answerWithinMs = 8_000;

/**
 * Asks the registry now and then while npm installs. `ask` resolves as askRegistry does, `say` gets a line when there is
 * something new to say, and `giveUp` is called when the registry could not be reached for too long.
 * @returns a function that ends the watch and tells why it gave up, if it did
 */
export function watchRegistry({ ask, say, giveUp }, { everyMs, patienceMs } = usual) {
  let timer;
  let stopped = false;
  let awaySince;
  let said;
  let hopeless;
  async function look() {
    const trouble = await ask();
    if (stopped) return;
    if (trouble?.why !== said)
      say(
        trouble
          ? `  The npm registry does not answer (${trouble.why}); npm tries again …`
          : '  The npm registry answers again.',
      );
    said = trouble?.why;
    awaySince = trouble && !trouble.reached ? (awaySince ?? Date.now()) : undefined;
    if (awaySince !== undefined && Date.now() - awaySince >= patienceMs) {
      hopeless = trouble.why;
      giveUp();
    } else {
      timer = setTimeout(look, everyMs);
    }
  }
  timer = setTimeout(look, everyMs);
  return () => {
    stopped = true;
    clearTimeout(timer);
    return hopeless;
  };
}

/**
 * Asks npm's registry with npm itself, because that knows the person's proxy, certificates and keys.
 * @returns what is wrong and whether it was reached at all; undefined when it answers, be it with a refusal
 */
export function askRegistry(command, args, cwd) {
  return new Promise((resolve) => {
    const ping = ['ping', '--fetch-retries=0', `--fetch-timeout=${answerWithinMs}`, '--loglevel=error', '--logs-max=0'];
    const child = spawn(command, [...args, ...ping], {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
    });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve(code === 0 ? undefined : troubleIn(said)));
  });
}

/** What `npm ping` says of a registry that is no use now. */
export function troubleIn(said) {
  const unreached = /\breason: (.+)/.exec(said)?.[1] ?? /\b(network timeout at: \S+)/.exec(said)?.[1];
  if (unreached) return { why: unreached.trim(), reached: false };
  const status = /^npm (?:error|ERR!) (5\d\d .+?)(?: - GET .*)?$/m.exec(said)?.[1];
  return status && { why: status.trim(), reached: true };
}
