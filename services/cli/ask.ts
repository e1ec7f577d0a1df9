import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { errorText, UpstreamError } from '#shared/ground/errors.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { Reply } from '#shared/run/answer-question.ts';
import type { Caller, RunRequestInput } from '#shared/run/request.ts';
import { foldEvent } from '#shared/run/fold/follow.ts';
import { createRunState } from '#shared/run/fold/run-state.ts';
import type { Connection } from './stack.ts';
import { createTranscript, type TranscriptEvent } from './show/transcript.ts';

export type Approval = EntryOf<'approval.requested'>;

export interface Verdict {
  decision: 'allow' | 'deny' | 'happened' | 'did-not-happen';
  reason?: string;
  /** Nobody decided: there was no person to ask. */
  unasked?: true;
}

/** Watches a run and decides what needs an approval. */
export interface Audience {
  show(event: TranscriptEvent): void;
  /** Undefined leaves the question open for somebody else. */
  decide(approval: Approval, signal: AbortSignal): Promise<Verdict | undefined>;
  /** Answers a question of the model. Undefined leaves it open; without this method nobody is asked. */
  answer?(asked: EntryOf<'question.asked'>, signal: AbortSignal): Promise<Reply | undefined>;
}

/** The person at this terminal. */
export function terminalCaller(): Caller {
  const name = userName();
  return { kind: 'terminal', id: name, name, discordRoles: [] };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In containers a user often has only a number.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

/** What a terminal can add to a question. */
export type AskOptions = Pick<RunRequestInput, 'mode' | 'model' | 'maxIterations' | 'deadlineMs'> & {
  /** Runs of one conversation share a history; by default each run has its own conversation. */
  conversation?: string;
};

export type Ended = EntryOf<'run.ended'> & {
  runId: string;
  /** Tools of calls that the policy, a server or a person refused. */
  refused: string[];
  /** Tools of calls that needed an approval when nobody was there to give it. */
  unasked: string[];
};

export interface Signals {
  /** Asks that the run be stopped. */
  stop?: AbortSignal;
  /** Leaves without waiting for the end. */
  leave?: AbortSignal;
}

/** Sends a question and shows the run until it ends; see `watchRun`. */
export async function ask(
  connection: Connection,
  text: string,
  options: AskOptions,
  audience: Audience,
  signals: Signals = {},
): Promise<Ended> {
  const { conversation, ...rest } = options;
  const id = `terminal-${randomUUID()}`;
  const caller = terminalCaller();
  const { runId } = await connection.runs.accept({
    ...rest,
    id,
    caller,
    conversation: conversation ?? `terminal:${caller.id}:${id}`,
    text,
  });
  return watchRun(connection, runId, audience, signals);
}

/** Shows a run from its beginning until it ends. Throws UpstreamError when the person leaves before. */
export async function watchRun(
  { runs, follower }: Connection,
  runId: string,
  audience: Audience,
  signals: Signals = {},
): Promise<Ended> {
  const { name } = terminalCaller();
  const stop = () => void runs.stop(runId, name).catch(tell);
  if (signals.stop?.aborted) stop();
  signals.stop?.addEventListener('abort', stop, { once: true });
  const over = new AbortController();
  const unasked = new Set<string>();
  const state = createRunState();
  const transcript = createTranscript();
  try {
    for await (const event of follower.follow(runId, signals.leave ? { signal: signals.leave } : {})) {
      if (!foldEvent(state, event)) continue;
      for (const shown of transcript(event, state)) audience.show(shown);
      if (event.kind === 'entry' && event.entry.type === 'approval.requested') decide(event.entry).catch(tell);
      if (event.kind === 'entry' && event.entry.type === 'question.asked') answer(event.entry).catch(tell);
      if (state.ended) return { ...state.ended, runId, ...withoutYes() };
    }
    throw new UpstreamError('left', `Left before the answer came. The run goes on: npx dragoman jobs show ${runId}`);
  } finally {
    over.abort();
    signals.stop?.removeEventListener('abort', stop);
  }

  function withoutYes(): Pick<Ended, 'refused' | 'unasked'> {
    const refused = [...state.calls.values()].filter(({ result }) => result?.outcome === 'refused');
    const expired = [...state.approvals.values()].filter(({ decided }) => decided?.decision === 'expired');
    for (const { requested } of expired) unasked.add(requested.tool);
    return { refused: [...new Set(refused.map(({ tool }) => tool))], unasked: [...unasked] };
  }

  function tell(error: unknown): void {
    const text = `Your wish could not be recorded: ${errorText(error)}`;
    audience.show({ type: 'entry', entry: { type: 'notice', key: 'unrecorded', text } });
  }

  async function answer(asked: EntryOf<'question.asked'>): Promise<void> {
    const reply = await audience.answer?.(asked, over.signal);
    if (reply && !over.signal.aborted) await runs.answer(runId, asked.question, reply);
  }

  async function decide(approval: Approval): Promise<void> {
    const verdict = await audience.decide(approval, over.signal);
    if (!verdict || over.signal.aborted) return;
    if (verdict.unasked) unasked.add(approval.tool);
    const { decision, reason } = verdict;
    await runs.decide(runId, approval.approval, { decision, by: name, reason });
  }
}
