import { AsyncLocalStorage } from 'node:async_hooks';
import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

const runContext = new AsyncLocalStorage<{ run: string }>();

/** Runs `work` so that every log line written within carries the run's id. */
export function withRun<T>(run: string, work: () => T): T {
  return runContext.run({ run }, work);
}

/** Names whose values never reach a log. */
const secretNames = [
  'authorization',
  'password',
  'secret',
  'token',
  'apiKey',
  'api_key',
  'cookie',
  'secretKey',
  'accessKey',
  'DISCORD_TOKEN',
  'LITELLM_API_KEY',
  'DRAGOMAN_SIGNING_KEY',
  'S3_SECRET_KEY',
  'S3_ACCESS_KEY',
  'POSTGRES_URL',
  'REDIS_URL',
];

/**
 * Finds a member of a log line that has a secret name, with its value, at any depth. It works on the serialised line,
 * because pino's own redaction copies every object for every path, which cost more than the rest of the logging.
 */
const secretMembers = new RegExp(`"(${secretNames.join('|')})":(?:"(?:[^"\\\\]|\\\\.)*"|[\\d.]+)`, 'g');

/** Credentials that hide inside texts: URLs with user info, bearer tokens, Discord tokens, keys. */
const secretShapes: [RegExp, string][] = [
  [/((?<![\w+.-])[\w+.-]*:\/\/)[^\s/@:]*:[^\s/@]+@/g, '$1[redacted]@'],
  [/(\bsentinelPassword=)[^\s&"']+/g, '$1[redacted]'],
  [/\b(Bearer|Bot)\s+[\w.~+/=-]{8,}/g, '$1 [redacted]'],
  [/\bsk-[\w-]{8,}/g, '[redacted]'],
  [/\bdgm_[a-z0-9]{8}_[\w-]{16,}/g, '[redacted]'],
  [/\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}\b/g, '[redacted]'],
  [/(?<![\w-])((?:[\w-]{0,40}-)?)eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '$1[redacted]'],
];

const knownSecrets = new Set<string>();

/** Registers a secret's value, so that it is cut out of every text that is logged. Short values are ignored. */
export function hideSecret(value: string | undefined): void {
  if (value !== undefined && value.length >= 8) knownSecrets.add(value);
}

/** A text without credentials: neither registered secrets nor anything of a credential's shape. */
export function redact(text: string): string {
  let clean = text;
  for (const secret of knownSecrets) clean = clean.replaceAll(secret, '[redacted]');
  for (const [shape, replacement] of secretShapes) clean = clean.replace(shape, replacement);
  return clean;
}

/** A serialised log line without the values of members with secret names and without what `redact` removes. */
export function redactLine(line: string): string {
  return redact(line.replace(secretMembers, '"$1":"[redacted]"'));
}

const root = pino({
  level: 'info',
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  // pino writes the line's own fields into this object, so that each line needs a copy.
  mixin: () => ({ ...runContext.getStore() }),
  hooks: { streamWrite: redactLine },
});

/** A logger of one subsystem. The message is constant text; data goes into fields. */
export function createLogger(subsystem: string): Logger {
  const logger = root.child({ at: subsystem });
  loggers.add(logger);
  return logger;
}

const loggers = new Set<Logger>();
let serviceName = 'dragoman';

/** Sets level and service name of all loggers of this process; called once by `runService`. */
export function configureLogging(service: string, level: string): void {
  serviceName = service;
  root.level = level;
  for (const logger of loggers) {
    logger.level = level;
    logger.setBindings({ service: serviceName });
  }
}
