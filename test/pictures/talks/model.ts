import { startOfflineModel } from '#litellm/offline/start.ts';
import { startPlayedModel } from '#test/model/played-model.ts';
import { messageText, type ParsedRequest, type Turn } from '#test/model/turn.ts';
import { lines, type Line } from './lines.ts';

const STREAMED_MS = 8;

export interface TalkingModel extends AsyncDisposable {
  /** Base address with `/v1`. */
  url: string;
}

/** The offline model; what it has no rules for is answered by the lines of a script. */
export async function startTalkingModel(): Promise<TalkingModel> {
  const offline = await startOfflineModel();
  const played = await startPlayedModel({ models: ['offline', 'offline-large', 'offline-small'] });
  played.handle(async (request) => {
    // Notes on a long talk are asked for without tools.
    const line = request.toolNames.length > 0 ? lines.find(({ asked }) => asked.test(request.user)) : undefined;
    if (line === undefined) return turnOf(await askOffline(offline.url, request.body));
    return turnIn(line, request);
  });
  return {
    url: played.url,
    async [Symbol.asyncDispose]() {
      await played[Symbol.asyncDispose]();
      await offline[Symbol.asyncDispose]();
    },
  };
}

function turnIn({ turns }: Line, request: ParsedRequest): Turn {
  const turn = turns[Math.min(request.step, turns.length - 1)] ?? {};
  return typeof turn === 'function' ? turn(request) : turn;
}

interface Completion {
  choices: { message: { content?: string | null; tool_calls?: { function: { name: string; arguments: string } }[] } }[];
}

async function askOffline(url: string, body: object): Promise<Completion> {
  const answer = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, stream: false, stream_options: undefined }),
  });
  if (!answer.ok) throw new Error(`The offline model answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Completion;
}

function turnOf({ choices }: Completion): Turn {
  const message = choices[0]?.message;
  const text = messageText({ role: 'assistant', content: message?.content ?? '' });
  const toolCalls = message?.tool_calls?.map(({ function: { name, arguments: given } }) => ({
    name,
    arguments: given,
  }));
  return { text, ...(toolCalls && { toolCalls }), chunkDelayMs: STREAMED_MS };
}
