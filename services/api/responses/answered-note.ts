import { foldJournal } from '#shared/run/fold/fold.ts';
import { readyDecisions } from '../answer/decisions.ts';
import { segmentAfter } from '../answer/segments.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError } from '../http/errors.ts';
import { runOf } from '../runs/access.ts';
import { storeLater } from './find.ts';
import { responseId } from './ids.ts';
import { runOfNote } from './note.ts';
import type { ResolvedItem } from './resolve.ts';
import type { ResponsesRequest } from './schema.ts';
import type { Shown } from './shown.ts';

const words: Record<string, 'yes' | 'no' | 'continue'> = { yes: 'yes', no: 'no', continue: 'continue' };

/**
 * What a person writes under a note that a run waits: a decision about all that it waits for, or that it was decided
 * elsewhere. Returns the id of the response that shows the rest, or what waits still. Undefined when the input is
 * something else; a run that waited for it is then stopped, and what it asked stays undone.
 */
export async function answerNote(
  api: Api,
  caller: ApiCaller,
  { body, items, input }: { body: ResponsesRequest; items: ResolvedItem[]; input: Shown['input'] },
): Promise<string | undefined> {
  const noted = lastNote(items);
  const record = noted && (await runOf(api, caller, noted.runId).catch(unknownRun));
  if (!noted || !record) return undefined;
  const runId = record.id;
  const journal = await api.lookup.journal(record);
  const { approvals, openApprovals, ended } = foldJournal(journal);
  if (noted.word === undefined) {
    if (!ended && openApprovals > 0) await api.runs.stop(runId, `${caller.name} (went on without a decision)`);
    return undefined;
  }
  const open = [...approvals].filter(([, { decided }]) => !decided).map(([name]) => name);
  const now = { runId, segment: segmentAfter(new Set(open), journal) };
  // The same note again: nothing was decided.
  if (noted.word === 'continue' && open.length > 0) return responseId({ runId, segment: now.segment - 1 });
  const latest =
    open.length > 0 ? now : { runId, segment: segmentAfter(new Set([...approvals.keys()].slice(-1)), journal) };
  const { background, store, previous_response_id: previous = null } = body;
  await storeLater(api, latest, { at: Date.now(), shown: { background, store, previous, input } });
  if (open.length > 0) {
    const approve = noted.word === 'yes';
    const decisions = open.map((approval) => ({ runId, approval, approve, reason: undefined }));
    await (await readyDecisions(api, caller, { decisions, param: 'input' })).make();
  }
  return responseId(latest);
}

/** The note that the input ends with, and the word that a person wrote under it. */
function lastNote(items: ResolvedItem[]): { runId: string; word: 'yes' | 'no' | 'continue' | undefined } | undefined {
  const said: string[] = [];
  for (const item of items.toReversed()) {
    if (!('role' in item)) continue;
    if (item.role === 'assistant') {
      const runId = runOfNote(textOf(item.content));
      return runId === undefined || said.length === 0
        ? undefined
        : { runId, word: said.length === 1 ? wordIn(said[0]) : undefined };
    }
    if (item.role === 'user') said.push(textOf(item.content));
  }
  return undefined;
}

function wordIn(text = ''): 'yes' | 'no' | 'continue' | undefined {
  const word = text.trim().toLowerCase().replace(/[.!]$/, '');
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

function textOf(content: string | { type: string; text?: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('');
}

function unknownRun(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined;
  throw error;
}
