import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import path from 'node:path';
import { paint } from '#shared/ground/paint.ts';

/**
 * What the person at the terminal sees while the stack starts and runs. Only answers go to stdout, all else to stderr.
 */
export interface Screen {
  /**
   * A step that takes a while. It says so every few seconds, with what `waitsFor` knows of the reason; `done` and
   * `failed` end it with a line.
   */
  step(title: string, waitsFor?: () => string): Step;
  note(text: string): void;
  warn(text: string): void;
  /**
   * Takes a service's output line by line. Each line goes into the service's file; warnings (or, when verbose, all
   * lines) also go to the screen.
   */
  serviceLog(name: string): ServiceLog;
}

export interface Step {
  done(detail?: string): void;
  failed(): void;
  /** Ends the step without a line, unless it has ended already. */
  end(): void;
}

export interface ServiceLog extends Disposable {
  file: string;
  line(text: string): void;
}

const palette = [
  paint.cyan,
  paint.magenta,
  paint.yellow,
  paint.blue,
  paint.green,
  paint.cyanBright,
  paint.magentaBright,
  paint.blueBright,
];
const rotateAtBytes = 10_000_000;
const patienceMs = 5_000;

export function createScreen(options: { verbose: boolean; logFolder: string; write?: (text: string) => void }): Screen {
  const write = options.write ?? ((text: string) => process.stderr.write(text));
  const say = (text: string) => write(`${text}\n`);
  const isNews = createNews();
  let colours = 0;
  return {
    note: (text) => say(`  ${text}`),
    warn: (text) => say(`${paint.yellow('!')} ${text}`),
    step(title, waitsFor = () => '') {
      const started = Date.now();
      const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
      const still = () => [`… ${title}: still at it after ${seconds()}`, waitsFor()].filter(Boolean).join('; ');
      const timer = setInterval(() => say(paint.dim(still())), patienceMs);
      timer.unref();
      return {
        done(detail = '') {
          clearInterval(timer);
          say(`${paint.green('✓')} ${title.padEnd(22)} ${detail}${detail ? '  ' : ''}${paint.dim(seconds())}`);
        },
        failed() {
          clearInterval(timer);
          say(`${paint.red('✗')} ${title}`);
        },
        end: () => clearInterval(timer),
      };
    },
    serviceLog(name) {
      const colour = palette[colours % palette.length] ?? paint.cyan;
      colours += 1;
      const file = path.join(options.logFolder, `${name}.log`);
      const stream = openLog(file);
      const label = colour(name.padEnd(22));
      return {
        file,
        line(text) {
          stream.write(`${text}\n`);
          const shown = render(text, options.verbose);
          if (shown !== undefined && (options.verbose || isNews(text))) say(`${label} ${paint.dim('│')} ${shown}`);
        },
        [Symbol.dispose]: () => stream.end(),
      };
    },
  };
}

/** For how long a line is not shown again that says the same as another. */
const sameMs = 60_000;

/**
 * Tells whether a log line says something that none has said lately. What happens once, such as the end of Redis, makes
 * each connection of each service say so; their files keep every line.
 */
export function createNews(now = () => performance.now()): (text: string) => boolean {
  const saidAt = new Map<string, number>();
  return (text) => {
    const { msg, error } = parseLine(text) ?? {};
    // Ports and times differ between lines that mean the same.
    const why = (error ?? '').replaceAll(/\d+/g, '#');
    // A connection that is lost is one event, in whose words ever it is told.
    const key = /\bE(CONN\w+|PIPE)\b/.test(why) ? why : `${msg} ${why}`;
    const last = saidAt.get(key);
    if (last !== undefined && now() - last < sameMs) return false;
    saidAt.set(key, now());
    return true;
  };
}

function openLog(file: string): WriteStream {
  mkdirSync(path.dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > rotateAtBytes) renameSync(file, `${file}.1`);
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  // A full disk must not end the services; their warnings still reach the screen.
  stream.on('error', () => undefined);
  return stream;
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const hiddenFields = new Set(['level', 'time', 'at', 'service', 'msg', 'stack']);

/** A log line for people; undefined when it does not matter to them now. */
function render(text: string, verbose: boolean): string | undefined {
  const entry = parseLine(text);
  // A line that is no log line comes from the runtime or a library. If the process ends because of it, its last words
  // are printed.
  if (!entry) return verbose ? text : undefined;
  const level = entry.level ?? 'info';
  // With a fatal line the process ends, and what it said is told with its end.
  if (!verbose && (level === 'fatal' || levels.indexOf(level) < levels.indexOf('warn'))) return undefined;
  const fields = Object.entries(entry)
    .filter(([key]) => !hiddenFields.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const line = `${entry.msg ?? ''}${fields ? paint.dim(` ${fields}`) : ''}`;
  if (level === 'warn') return paint.yellow(line);
  return level === 'error' || level === 'fatal' ? paint.red(line) : line;
}

/** A line as services log it. */
export interface LogLine {
  level?: string;
  msg?: string;
  error?: string;
  addresses?: Record<string, string>;
  [field: string]: unknown;
}

/** A log line; undefined for any other text. */
export function parseLine(text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
