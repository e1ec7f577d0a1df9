import { scriptOf } from '#shared/redis/script.ts';

export type Phase = 'before' | 'sent' | 'after';
export const phases: Phase[] = ['before', 'sent', 'after'];

/** Node's flags for a service that is to end at such a point, or that reports which points it has passed. */
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
const script =
  (name: string): Matches =>
  (command, args) =>
    scriptOf(command, args) === name;
/** What the delivery store writes about a part. */
const part =
  (fits: (value: string) => boolean): Matches =>
  (command, args) => {
    if (!script('write')(command, args)) return false;
    const { field, value } = JSON.parse(args.at(-1) ?? '{}') as { field: string; value: string };
    return field.startsWith('part:') && fits(value);
  };

const marks =
  (name: string): Matches =>
  (command, [key = '']) =>
    command === name && key.endsWith(':discord:marks');

/** A worker's points: what it writes about a run, and about a question that nobody has decided in time. */
export const workerPoints: Record<string, Matches> = {
  claim: script('claim'),
  'model.answered': entry('model.answered'),
  'tool.intended': entry('tool.intended'),
  'tool.finished': entry('tool.finished'),
  'run.ended': entry('run.ended'),
  waiting: script('suspend'),
  expiry: entry('approval.decided'),
  'live text': script('live'),
  'job done': (command, args) =>
    command.startsWith('eval') && key(/:runs:completed$/)(command, args) && !key(/:runs:id$/)(command, args),
};

/**
 * Points that only the worker passes which does the housekeeping. Which one that is nobody can choose, so that a worker
 * that is to end there must be the only one.
 */
export const housekeepingPoints = new Set(['expiry']);

/**
 * The ingress' points: what it writes when it takes in a question, when somebody decides, and when it shows an answer.
 */
export const ingressPoints: Record<string, Matches> = {
  'run.accepted': entry('run.accepted'),
  decision: entry('approval.decided'),
  'catch-up': marks('hgetall'),
  'marks move': script('move-marks'),
  'showing begins': script('take'),
  'first try': part((value) => value.startsWith('{"triedAt"')),
  'take-over': (command, [key = '']) => command === 'xrange' && key.endsWith(':journal'),
  'message sent': part((value) => value.includes('"digest"')),
  'edit begins': part((value) => value.includes('"message"') && !value.includes('"digest"')),
  done: script('finish'),
};

const appended =
  (fits: (line: string) => boolean): Matches =>
  (deed, [text = '']) =>
    deed === 'append' && text.split('\n').some((line) => line !== '' && fits(line));

/** A tool-runner's points: what it does to its call file. These are no Redis commands, but serve as well here. */
export const runnerPoints: Record<string, Matches> = {
  'call file begun': (deed, [from = '']) => deed === 'rename' && from.endsWith('.new'),
  'call intended': appended((line) => !line.includes('"result":')),
  'call finished': appended((line) => line.includes('"result":')),
};

/** Points that a process passes only once. */
export const oncePoints = new Set(['catch-up', 'call file begun']);

export const crashPoints: Record<string, Matches> = { ...workerPoints, ...ingressPoints, ...runnerPoints };
