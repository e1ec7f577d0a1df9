export type Phase = 'before' | 'sent' | 'after';
export const phases: Phase[] = ['before', 'sent', 'after'];

/** Node's flags for a service that is to end at such a point, or to tell by which it has come. */
export const crashFlags = ['--import', './test/faults/played/crash.ts'];

type Matches = (command: string, args: string[]) => boolean;

const entry =
  (type: string): Matches =>
  (_, args) =>
    args.some((arg) => arg.startsWith(`{"type":"${type}"`));
const key =
  (pattern: RegExp): Matches =>
  (_, args) =>
    args.some((arg) => arg.length < 200 && pattern.test(arg));
/** The scripts of the delivery store: what follows the number of keys, their one key and the turn. */
const delivery =
  (fits: (field: string, value: string, ...rest: string[]) => boolean): Matches =>
  (command, [, keyCount, name = '', , field = '', ...rest]) =>
    command.startsWith('eval') && keyCount === '1' && name.endsWith(':delivery') && fits(field, rest[0] ?? '', ...rest);

const marks =
  (name: string): Matches =>
  (command, [key = '']) =>
    command === name && key.endsWith(':discord:marks');

/** Points of a worker: what it writes about a run, and of a question that nobody has decided in time. */
export const workerPoints: Record<string, Matches> = {
  claim: (command, args) =>
    command.startsWith('eval') &&
    args[1] === '3' &&
    /:run:[^:]+$/.test(args[2] ?? '') &&
    (args[3] ?? '').endsWith(':journal') &&
    (args[4] ?? '').includes(':history:'),
  'model.answered': entry('model.answered'),
  'tool.intended': entry('tool.intended'),
  'tool.finished': entry('tool.finished'),
  'run.ended': entry('run.ended'),
  waiting: (command, args) =>
    command.startsWith('eval') &&
    args[1] === '2' &&
    /:run:[^:]+$/.test(args[2] ?? '') &&
    (args[3] ?? '').endsWith(':index:unqueued'),
  expiry: entry('approval.decided'),
  'live text': (command, args) => command.startsWith('eval') && args[1] === '1' && (args[2] ?? '').endsWith(':live'),
  'job done': (command, args) =>
    command.startsWith('eval') && key(/:runs:completed$/)(command, args) && !key(/:runs:id$/)(command, args),
};

/** Points of the ingress: what it writes when it takes a question in, when somebody decides, and when it shows an answer. */
export const ingressPoints: Record<string, Matches> = {
  'run.accepted': entry('run.accepted'),
  'run job': (command, args) => command.startsWith('eval') && key(/:runs:id$/)(command, args),
  'reply job': (command, args) => command.startsWith('eval') && key(/:replies:id$/)(command, args),
  decision: entry('approval.decided'),
  'catch-up': marks('hgetall'),
  'marks move': marks('hset'),
  'showing begins': (command, args) => command === 'hincrby' && (args[0] ?? '').endsWith(':delivery'),
  'first try': delivery((field, value) => field.startsWith('part:') && value.startsWith('{"triedAt"')),
  'take-over': (command, [key = '']) => command === 'xrange' && key.endsWith(':journal'),
  'message sent': delivery((field, value) => field.startsWith('part:') && value.includes('"digest"')),
  'edit begins': delivery(
    (field, value) => field.startsWith('part:') && value.includes('"message"') && !value.includes('"digest"'),
  ),
  delivered: entry('delivered'),
  done: delivery((_, value) => value === ''),
};

/** Points that a process comes by once. */
export const oncePoints = new Set(['catch-up']);

export const crashPoints: Record<string, Matches> = { ...workerPoints, ...ingressPoints };
