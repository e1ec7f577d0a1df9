import { answerNote } from '../answer/answer-note.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { storeLater } from './find.ts';
import { responseId } from './ids.ts';
import type { ResolvedItem } from './resolve.ts';
import type { ResponsesRequest } from './schema.ts';
import type { Shown } from './shown.ts';

/** The response that goes on after a word under a note, or the run that is left waiting (see `answerNote`). */
export async function responseAfterNote(
  api: Api,
  caller: ApiCaller,
  { body, items, input }: { body: ResponsesRequest; items: ResolvedItem[]; input: Shown['input'] },
): Promise<{ id?: string; leaves?: string }> {
  const { background, store, previous_response_id: previous = null } = body;
  const said = items.flatMap((item) => ('role' in item ? { role: item.role, text: textOf(item.content) } : []));
  const { part, ...left } = await answerNote(api, caller, said, ({ runId, segment }) =>
    storeLater(api, { runId, segment }, { at: Date.now(), shown: { background, store, previous, input } }),
  );
  return part ? { id: responseId(part) } : left;
}

function textOf(content: string | { type: string; text?: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('');
}
