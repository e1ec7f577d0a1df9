import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readJournal } from '#shared/run/journal.ts';
import { errorBody } from '#test/model/wire.ts';
import { messageText, type Turn } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

// Word for word what a person, and what a model, is told when something goes wrong between them.

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.model.reset());

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const stream = (...pieces: string[]): Turn => ({ raw: { pieces } });
const refusal = (status: number, message: string, code?: string): Turn => ({
  error: { status, body: errorBody(status, message, undefined, code) },
});

describe('the person is told', () => {
  it.each<[what: string, turn: Turn, reason: string, told: string]>([
    [
      'asked too often',
      { error: { status: 429 } },
      'rate-limit',
      'The model is asked too often at the moment. Ask again in a minute.',
    ],
    [
      'overloaded',
      { error: { status: 503 } },
      'overloaded',
      'The model is overloaded at the moment. Ask again in a minute.',
    ],
    [
      'quota used up',
      refusal(429, 'You exceeded your current quota.', 'insufficient_quota'),
      'budget-exceeded',
      'The budget for the model is used up; the operator has to raise it.',
    ],
    [
      'wrong key',
      { error: { status: 401 } },
      'bad-key',
      'The model gateway refused the key; the operator has to check LITELLM_API_KEY.',
    ],
    [
      'model not found',
      refusal(404, 'The model `x` does not exist.', 'model_not_found'),
      'model-not-found',
      'The model gateway does not know this model; the operator has to check MODEL_NAME.',
    ],
    [
      'too long',
      refusal(400, "This model's maximum context length is 8192 tokens."),
      'context-too-long',
      'This conversation has become too long for the model. Start a new one, or ask about less at once.',
    ],
    [
      'refused content',
      refusal(400, 'Filtered.', 'content_filter'),
      'refused-content',
      "The model's provider refused this content. Ask differently.",
    ],
    [
      'request refused as wrong',
      refusal(422, 'messages.0.name: field required'),
      'bad-request',
      'The model gateway refused the request as wrong; the operator finds in the log what it said.',
    ],
    [
      'an answer cut off',
      { raw: { pieces: [chunk({ content: 'Half of an answer' })], cut: true } },
      'cut-stream',
      "The model's answer broke off in the middle. Ask again.",
    ],
    [
      'an unreadable answer',
      stream(chunk({ content: 'Half' }), 'data: {"choices": oops}\n\n'),
      'bad-format',
      "The model's provider sent an answer that cannot be read. Ask again; if it stays so, tell the operator.",
    ],
    [
      'a page',
      stream('<!doctype html><title>Log in</title>'),
      'bad-format',
      'A web page came instead of an answer of the model; the operator has to check LITELLM_API_BASE.',
    ],
    [
      'a malformed call',
      stream(chunk({}, 'MALFORMED_FUNCTION_CALL')),
      'bad-format',
      'The model wrote a tool call that its provider could not read. Ask again, or ask in other words.',
    ],
    [
      'a failure in the middle',
      stream(chunk({ content: 'Half' }), chunk({}, 'error')),
      'provider-error',
      "The model's provider failed. Ask again; if it stays so, tell the operator.",
    ],
    [
      'no web server of a model',
      { error: { status: 404, body: '<html>nginx</html>' } },
      'bad-endpoint',
      'There is no model gateway at LITELLM_API_BASE; the operator has to mend it.',
    ],
    [
      'an answer that does not begin',
      { hang: true },
      'timeout',
      'The model did not begin to answer in time. Ask again; if it stays so, tell the operator.',
    ],
    [
      'an answer that stops',
      { text: 'Half of an answer', chunkSize: 4, hangAfterChunks: 3 },
      'timeout',
      'The model stopped in the middle of its answer. Ask again.',
    ],
  ])('%s', async (_, turn, reason, told) => {
    // Short only for what never comes, so that a busy machine changes nothing.
    const short = {
      ...(turn.hang && { MODEL_FIRST_TOKEN_TIMEOUT_MS: 100 }),
      ...(turn.hangAfterChunks && { MODEL_IDLE_TIMEOUT_MS: 100 }),
    };
    await using _worker = await rig.worker(
      { toolbox: createPlayedToolbox({}) },
      { MODEL_RETRY_BUDGET_MS: 0, ...short },
    );
    rig.model.handle(() => turn);
    expect(await rig.ask('Answer.')).toMatchObject({ outcome: 'failed', reason, text: told });
  });

  it('a gateway that cannot be reached', async () => {
    const away = { MODEL_RETRY_BUDGET_MS: 0, LITELLM_API_BASE: 'http://127.0.0.1:9/v1' };
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) }, away);
    expect(await rig.ask('Answer.')).toMatchObject({
      reason: 'network',
      text: 'The model gateway cannot be reached at the moment. Ask again in a minute; if it stays so, tell the operator.',
    });
  });

  it.each([
    ['length', "Half of it\n\n(Cut off: the model's limit for one answer was reached. Ask it to go on.)"],
    ['SAFETY', "Half of it\n\n(Cut off: the filter of the model's provider stopped the answer here. Ask differently.)"],
  ])('an answer that ended with %s', async (finish, told) => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
    rig.model.handle(() => stream(chunk({ content: 'Half of it' }), chunk({}, finish)));
    expect(await rig.ask('Answer.')).toMatchObject({ outcome: 'answered', text: told });
  });

  it('of what is tried again without what to do about it', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
    rig.model.enqueue(stream('<html>'), { text: 'Here.' });
    const { runId, text } = await rig.ask('Answer.');
    expect(text).toBe('Here.');
    const notices = (await readJournal(rig.redis, runId)).flatMap(({ entry }) =>
      entry.type === 'notice' ? [entry.text] : [],
    );
    expect(notices).toEqual([
      'A web page came instead of an answer of the model; the operator has to check LITELLM_API_BASE. I keep trying.',
    ]);
  });

  it('a wrong format after three tries', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
    rig.model.handle(() => stream('<html>'));
    expect(await rig.ask('Answer.')).toMatchObject({ outcome: 'failed', reason: 'bad-format' });
    expect(rig.model.requests).toHaveLength(3);
  });
});

describe('the model is told', () => {
  const call = (name: string, args: string, finish = 'tool_calls') =>
    stream(chunk({ tool_calls: [{ index: 0, id: 'c', function: { name, arguments: args } }] }), chunk({}, finish));

  it.each<[what: string, turn: Turn, told: string]>([
    ['an empty answer', { text: '' }, 'Your answer was empty. Answer the question, or call a tool.'],
    [
      'a lost call',
      stream(chunk({ content: 'I look it up.' }), chunk({}, 'tool_calls')),
      'Your tool call did not arrive whole and was not made. Make it again, or answer.',
    ],
    [
      'a call cut off',
      call('look', '{"at": "x', 'length'),
      'Your tool call was cut off at the limit for one answer and was not made. Make it again with shorter arguments, or answer.',
    ],
    [
      'a thought that took all room',
      stream(chunk({ content: '<think>I look and look' }), chunk({}, 'length')),
      'The limit for one answer was reached before your answer began. Think less and answer briefly.',
    ],
    ['arguments that are no JSON', call('look', '{"at": oops'), 'The arguments are not valid JSON.'],
    ['an unknown tool', call('peek', '{}'), 'There is no tool peek. The tools are: look.'],
  ])('%s', async (_, turn, told) => {
    const toolbox = createPlayedToolbox({ look: { run: () => 'seen' } });
    await using _worker = await rig.worker({ toolbox });
    rig.model.handle((_request, asked) => (asked === 0 ? turn : { text: 'Mended.' }));
    expect(await rig.ask('Look.')).toMatchObject({ outcome: 'answered', text: 'Mended.' });
    expect(messageText(rig.model.requests[1]?.body.messages.at(-1))).toBe(told);
    expect(toolbox.calls).toEqual([]);
  });

  it('of a second call that was cut off, with the result of the first', async () => {
    const toolbox = createPlayedToolbox({ look: { run: () => 'seen' } });
    await using _ = await rig.worker({ toolbox });
    const calls = [
      { index: 0, id: 'a', function: { name: 'look', arguments: '{}' } },
      { index: 1, id: 'b', function: { name: 'look', arguments: '{"at": "x' } },
    ];
    rig.model.handle((_request, asked) =>
      asked === 0 ? stream(chunk({ tool_calls: calls }), chunk({}, 'length')) : { text: 'Mended.' },
    );
    await rig.ask('Look.');
    expect(toolbox.calls).toHaveLength(1);
    expect(messageText(rig.model.requests[1]?.body.messages.at(-1))).toBe(
      'seen\n\n[Only the first 1 of your 2 tool calls were taken: one answer may have no more, or it was cut off. Call the others in your next answers, if they are still needed.]',
    );
  });
});

describe('what the model thought', () => {
  it('goes back to its provider with its calls, where it wants it, and nowhere else', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({ look: { run: () => 'seen' } }) });
    const extra_content = { google: { thought_signature: 'c2ln' } };
    rig.model.handle(({ step }) =>
      step === 0
        ? stream(
            chunk({ reasoning_content: 'I look.' }),
            chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'look', arguments: '{}' }, extra_content }] }),
            chunk({}, 'tool_calls'),
          )
        : { text: 'Seen.', reasoning: 'Done.' },
    );
    const { runId, text } = await rig.ask('Look.');
    expect(text).toBe('Seen.');
    const sent = rig.model.requests[1]?.body.messages.find(({ role }) => role === 'assistant');
    expect(sent).toMatchObject({ reasoning_content: 'I look.', tool_calls: [{ id: 'c', extra_content }] });
    const answers = (await readJournal(rig.redis, runId)).flatMap(({ entry }) =>
      entry.type === 'model.answered' ? [entry] : [],
    );
    expect(answers.map(({ thought }) => thought?.text)).toEqual(['I look.', 'Done.']);
  });

  it('is left out for a provider that refuses it, and sent empty to one that misses it', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({ look: { run: () => 'seen' } }) });
    const before = (body: object) => JSON.stringify(body).includes('"reasoning_content":"I look."');
    rig.model.handle(({ step, body }) => {
      if (step === 0) return { reasoning: 'I look.', toolCalls: [{ name: 'look', arguments: {} }] };
      return before(body) ? refusal(400, "property 'reasoning_content' is unsupported") : { text: 'Seen.' };
    });
    expect(await rig.ask('Look.')).toMatchObject({ outcome: 'answered', text: 'Seen.' });
    await using _other = await rig.worker({ toolbox: createPlayedToolbox({ look: { run: () => 'seen' } }) });
    rig.model.handle(({ step, body }) => {
      if (step === 0) return { toolCalls: [{ name: 'look', arguments: {} }] };
      if (JSON.stringify(body).includes('"reasoning_content":""')) return { text: 'Seen.' };
      return refusal(
        400,
        'thinking is enabled but reasoning_content is missing in assistant tool call message at index 2',
      );
    });
    expect(await rig.ask('Look.', { model: 'another' })).toMatchObject({ outcome: 'answered', text: 'Seen.' });
    rig.model.handle(({ step, body }) => {
      if (step === 0) return { toolCalls: [{ name: 'look', arguments: {} }] };
      if (JSON.stringify(body).includes('"thought_signature":"skip_thought_signature_validator"'))
        return { text: 'Seen.' };
      return refusal(400, 'Function call is missing a thought_signature in functionCall parts.');
    });
    expect(await rig.ask('Look.', { model: 'a-third' })).toMatchObject({ outcome: 'answered', text: 'Seen.' });
  });
});
