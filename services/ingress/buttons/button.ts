import type { Redis } from 'ioredis';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { RunRecord } from '#shared/run/record.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import type { DeliveryStore } from '../delivery/store.ts';
import type { Answer } from '../interactions/answer.ts';
import type { SpokenInteraction } from '../interactions/interaction.ts';
import type { RequestContext } from '../request/build.ts';

/** What buttons use of the ingress. */
export interface ButtonContext extends RequestContext {
  /** Fails fast, as `runs` and `deliveries` do. */
  redis: Redis;
  runs: RunStore;
  deliveries: DeliveryStore;
  policy: PolicySource;
}

/** A press: the run that the button names, and the rest of its id. */
export interface Press {
  interaction: SpokenInteraction;
  runId: string;
  rest: string[];
}

export type Button = (press: Press, ingress: ButtonContext) => Promise<Answer>;

/**
 * The run of a press, when the button really belongs to this run: its message is known as the run's. Undefined for
 * stale buttons and for ids that were made up.
 */
export async function runOfPress(press: Press, ingress: ButtonContext, part?: string): Promise<RunRecord | undefined> {
  const record = await ingress.runs.read(press.runId);
  if (!record?.request.discord) return undefined;
  const { parts, left } = await ingress.deliveries.read(press.runId);
  // What was left where the question was asked keeps its buttons as long as it cannot be changed.
  const standing = part === undefined ? [...parts.values(), ...left.values()] : [parts.get(part)];
  const message = press.interaction.message?.id;
  return standing.some((stored) => stored?.message !== undefined && stored.message === message) ? record : undefined;
}

/**
 * The run of a press, when its answer stands in the channel where the button was pressed: also for buttons of messages
 * that only this person sees. Whoever reads there may see what belongs to the answer.
 */
export async function runShownHere(
  { interaction, runId }: Press,
  ingress: ButtonContext,
): Promise<RunRecord | undefined> {
  const record = await ingress.runs.read(runId);
  const asked = record?.request.discord?.channel;
  if (!record || asked === undefined) return undefined;
  const { parts, left } = await ingress.deliveries.read(runId);
  const standing = [...parts.values(), ...left.values()].filter(({ message }) => message !== undefined);
  return standing.some(({ channel = asked }) => channel === interaction.channel) ? record : undefined;
}

export function isAsker(press: Press, record: RunRecord): boolean {
  return record.request.caller.id === press.interaction.author.id;
}
