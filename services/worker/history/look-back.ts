import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import { readTalkLines } from '#shared/run/talk-lines.ts';
import { modelOf, type Run } from '../loop/held-run.ts';
import { systemText } from '../prompts/system-text.ts';
import { fitHistory, textOf } from './fit.ts';
import { roomForTalk } from './room.ts';

/**
 * Decides how far this run looks back, and tells: the person when something was left out, the journal in any case.
 * `stored`: the talk as it is stored, where the door does not bring the earlier messages itself.
 */
export async function lookBack(run: Run, stored: string[]): Promise<void> {
  const { request, state, parts } = run;
  const { messages } = request.client ?? {};
  // Results of the client's own tools come from outside.
  if (messages?.some((each) => each.role === 'tool' && each.outside !== false)) state.outside = true;
  if (messages) return;
  const model = modelOf(run);
  const { HISTORY_MAX_MESSAGES: most } = parts.config;
  const talk = readTalkLines(stored);
  const earlier = request.context ?? talk.messages;
  if (earlier.length === 0 && !talk.summary) return await makeRoom(run, model);
  await makeRoom(run, model);
  const newest = most === 0 ? [] : earlier.slice(-most);
  const history = await fitHistory(
    { summary: request.context ? undefined : talk.summary, messages: newest },
    run.room,
    model,
  );
  run.history = { ...history, leftOut: history.leftOut + earlier.length - newest.length };
  if (talk.summary && talk.since + 2 > most / 2) run.fading = talk.summary.raw;
  // What rests on text from outside may carry that text on into later runs.
  if (history.summary?.outside || history.lines.some(({ outside }) => outside)) state.outside = true;
  if (most > 0) tell(run, model);
}

async function makeRoom(run: Run, model: string): Promise<void> {
  const { config, gateway, prompts } = run.parts;
  const window = await gateway.windowOf(model);
  const { request, state } = run;
  const prompt = systemText({ prompts, request, acceptedAt: state.acceptedAt, tools: [], unreachable: [] });
  run.room = roomForTalk(config, { request: run.request, prompt, model, window });
}

function tell(run: Run, model: string): void {
  const { history, room, recorder, state } = run;
  const { summary, lines, leftOut } = history;
  if (!state.lookedBack) {
    const tokens = [...lines.map(textOf), summary?.content ?? ''].reduce((sum, text) => sum + estimatedTokens(text), 0);
    recorder.record({
      type: 'talk.read',
      model,
      messages: lines.length,
      tokens,
      room,
      leftOut,
      ...(summary && { summarised: summary.messages }),
    });
  }
  if (leftOut === 0 || state.notices.has(cutKey)) return;
  recorder.record({ type: 'notice', key: cutKey, text: cutText(lines.length, leftOut, summary !== undefined) });
}

/** Key of the notice that says that earlier messages were left out. */
const cutKey = 'history-cut';

function cutText(messages: number, leftOut: number, summarised: boolean): string {
  const seen = messages === 1 ? 'the message before this one' : `the ${messages} messages before this one`;
  const looked = messages === 0 ? 'none of what was said before' : seen;
  const notes = summarised ? ' and my notes on older ones' : '';
  return `This conversation has grown long: I looked at ${looked}${notes}. ${leftOut} older ${leftOut === 1 ? 'one' : 'ones'} did not fit.`;
}
