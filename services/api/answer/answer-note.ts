import { foldJournal } from '#shared/run/fold/fold.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError } from '../http/errors.ts';
import { runOf } from '../runs/access.ts';
import { readyDecisions } from './decisions.ts';
import { noteShows, runOfNote } from './note.ts';
import { segmentAfter } from './segments.ts';

/** A message as far as it matters here. */
interface Said {
  role: string;
  text: string;
}

/** A note with which a talk ends, and the word that a person wrote under it; undefined for anything else. */
interface Noted {
  runId: string;
  note: string;
  word: Word | undefined;
}

type Word = 'yes' | 'no' | 'continue';
const words: Record<string, Word> = { yes: 'yes', no: 'no', continue: 'continue' };

/** The part of a run that a word under a note leads to. `waits`: it is the one with the note, which stands still. */
export interface NotedPart {
  runId: string;
  segment: number;
  waits: boolean;
}

/**
 * What a person writes under a note that a run waits: a decision about all that the note shows, or that it was decided
 * elsewhere. `leaves` when they write something else: the run that waits for it, which their question goes on without.
 * `before` is done before anything is decided.
 */
export async function answerNote(
  api: Api,
  caller: ApiCaller,
  messages: Said[],
  before: (part: NotedPart) => Promise<void> = () => Promise.resolve(),
): Promise<{ part?: NotedPart; leaves?: string }> {
  const noted = lastNote(messages);
  const record = noted && (await runOf(api, caller, noted.runId).catch(unknownRun));
  if (!noted || !record) return {};
  const runId = record.id;
  const journal = await api.lookup.journal(record);
  const { approvals, openApprovals, ended } = foldJournal(journal);
  if (noted.word === undefined) {
    return !ended && openApprovals > 0 ? { leaves: runId } : {};
  }
  const open = [...approvals].filter(([, { decided }]) => !decided);
  const names = open.map(([name]) => name);
  if (open.length === 0) {
    const part = { runId, segment: segmentAfter(new Set([...approvals.keys()].slice(-1)), journal), waits: false };
    await before(part);
    return { part };
  }
  const segment = segmentAfter(new Set(names), journal);
  const questions = open.map(([, { requested }]) => requested);
  // Nobody says yes to what they were not shown: a note may be one that the model has written.
  if (noted.word === 'continue' || !noteShows(noted.note, runId, questions)) {
    return { part: { runId, segment: segment - 1, waits: true } };
  }
  const part = { runId, segment, waits: false };
  await before(part);
  const decisions = names.map((approval) => ({ runId, approval, approve: noted.word === 'yes', reason: undefined }));
  await (await readyDecisions(api, caller, { decisions, param: 'input' })).make();
  return { part };
}

function lastNote(messages: Said[]): Noted | undefined {
  const said: string[] = [];
  for (const { role, text } of messages.toReversed()) {
    if (role === 'user') said.push(text);
    if (role !== 'assistant') continue;
    const runId = runOfNote(text);
    if (runId === undefined || said.length === 0) return undefined;
    return { runId, note: text, word: said.length === 1 ? wordIn(said[0]) : undefined };
  }
  return undefined;
}

function wordIn(text = ''): Word | undefined {
  const word = text.trim().toLowerCase().replace(/[.!]$/, '');
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

function unknownRun(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined;
  throw error;
}
