import type { CallState, RunState } from '#shared/run/fold/run-state.ts';
import { shortened } from '../loop/shorten-result.ts';

/** Calls of one question that later questions still see, and how much of each. */
const maxCalls = 6;
const maxArguments = 200;
const maxResult = 300;

/** What tools brought for an answer, in short, for later questions of the talk: the newest calls that succeeded. */
export function shortResults({ calls }: RunState): string[] {
  return [...calls.values()]
    .filter(({ result }) => result?.outcome === 'ok' && result.domain !== '')
    .slice(-maxCalls)
    .map(short);
}

function short({ tool, arguments: args, result }: CallState): string {
  const given = args.length > maxArguments ? `${args.slice(0, maxArguments).toWellFormed()}…` : args;
  return `${tool} ${given} → ${shortened(result?.content ?? '', maxResult, '[shortened: call it again for the rest]')}`;
}
