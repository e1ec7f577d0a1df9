export type Phase = 'before' | 'sent' | 'after';
export const phases: Phase[] = ['before', 'sent', 'after'];

type Matches = (command: string, args: string[]) => boolean;

const entry =
  (type: string): Matches =>
  (_, args) =>
    args.some((arg) => arg.startsWith(`{"type":"${type}"`));
const key =
  (pattern: RegExp): Matches =>
  (_, args) =>
    args.some((arg) => arg.length < 200 && pattern.test(arg));
const delivery =
  (field: string, value: string): Matches =>
  (command, args) =>
    command === 'hset' &&
    (args[0] ?? '').endsWith(':delivery') &&
    (args[1] ?? '').startsWith(field) &&
    (args[2] ?? '').includes(value);

/** Points of a worker: what it writes about a run. */
export const workerPoints: Record<string, Matches> = {
  claim: (command, args) =>
    command.startsWith('eval') &&
    args[1] === '2' &&
    /:run:[^:]+$/.test(args[2] ?? '') &&
    (args[3] ?? '').endsWith(':journal') &&
    args.length === 5,
  'model.answered': entry('model.answered'),
  'tool.intended': entry('tool.intended'),
  'tool.finished': entry('tool.finished'),
  'run.ended': entry('run.ended'),
  'live text': (command, args) => command.startsWith('eval') && args[1] === '1' && (args[2] ?? '').endsWith(':live'),
  'job done': (command, args) =>
    command.startsWith('eval') && key(/:runs:completed$/)(command, args) && !key(/:runs:id$/)(command, args),
};

/** Points of the ingress: what it writes when it takes a question in and when it shows an answer. */
export const ingressPoints: Record<string, Matches> = {
  'run.accepted': entry('run.accepted'),
  'run job': (command, args) => command.startsWith('eval') && key(/:runs:id$/)(command, args),
  'reply job': (command, args) => command.startsWith('eval') && key(/:replies:id$/)(command, args),
  'first try': delivery('part:', '{"triedAt"'),
  'message sent': delivery('part:', '"message"'),
  delivered: entry('delivered'),
  done: delivery('done', '1'),
};

export const crashPoints: Record<string, Matches> = { ...workerPoints, ...ingressPoints };
