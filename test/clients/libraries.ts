import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createOpenResponses } from '@ai-sdk/open-responses';
import { HumanMessage, SystemMessage, type AIMessageChunk } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { streamText, type LanguageModel } from 'ai';
import OpenAI from 'openai';
import { modelOf, type Asked, type Client, type Heard } from './client.ts';

/** Libraries of npm, by the names of the matrix. */
export const libraries: Record<string, Client> = {
  'openai chat': openaiChat,
  'openai responses': openaiResponses,
  '@ai-sdk/openai-compatible': (base, key, asked) =>
    viaAiSdk(
      createOpenAICompatible({ name: 'dragoman', baseURL: base, apiKey: key, includeUsage: true })(modelOf(asked)),
      asked,
    ),
  '@ai-sdk/openai': (base, key, asked) =>
    viaAiSdk(createOpenAI({ baseURL: base, apiKey: key }).responses(modelOf(asked)), asked),
  '@ai-sdk/openai chat': (base, key, asked) =>
    viaAiSdk(createOpenAI({ baseURL: base, apiKey: key }).chat(modelOf(asked)), asked),
  '@ai-sdk/open-responses': (base, key, asked) =>
    viaAiSdk(createOpenResponses({ name: 'dragoman', url: `${base}/responses`, apiKey: key })(modelOf(asked)), asked),
  '@langchain/openai': (base, key, asked) => viaLangChain(base, key, asked, false),
  '@langchain/openai responses': (base, key, asked) => viaLangChain(base, key, asked, true),
};

async function openaiChat(baseURL: string, apiKey: string, asked: Asked): Promise<Heard> {
  const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0, defaultHeaders: asked.headers ?? {} });
  const image = asked.image === undefined ? [] : [{ type: 'image_url' as const, image_url: { url: asked.image } }];
  const stream = openai.chat.completions.stream({
    model: modelOf(asked),
    stream_options: { include_usage: true },
    messages: [
      ...(asked.system === undefined ? [] : [{ role: 'system' as const, content: asked.system }]),
      { role: 'user', content: [{ type: 'text', text: asked.text }, ...image] },
    ],
  });
  const whole = await stream.finalChatCompletion();
  const message = whole.choices[0]?.message;
  const calls = (message?.tool_calls ?? []).map((call) => ('function' in call ? call.function.name : ''));
  return { text: message?.content ?? '', calls, tokens: whole.usage?.total_tokens };
}

async function openaiResponses(baseURL: string, apiKey: string, asked: Asked): Promise<Heard> {
  const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0, defaultHeaders: asked.headers ?? {} });
  const image =
    asked.image === undefined
      ? []
      : [{ type: 'input_image' as const, image_url: asked.image, detail: 'auto' as const }];
  const stream = openai.responses.stream({
    model: modelOf(asked),
    input: [{ role: 'user', content: [{ type: 'input_text', text: asked.text }, ...image] }],
    ...(asked.system !== undefined && { instructions: asked.system }),
  });
  const whole = await stream.finalResponse();
  if (whole.status === 'failed') throw new Error(whole.error?.message);
  const calls = whole.output.flatMap((item) => (item.type === 'function_call' ? [item.name] : []));
  return { text: whole.output_text, calls, tokens: whole.usage?.total_tokens };
}

async function viaAiSdk(model: LanguageModel, asked: Asked): Promise<Heard> {
  let failure: unknown;
  const file = asked.image === undefined ? [] : [{ type: 'file' as const, data: asked.image, mediaType: 'image/png' }];
  const result = streamText({
    model,
    maxRetries: 0,
    ...(asked.headers && { headers: asked.headers }),
    onError: ({ error }) => void (failure = error),
    messages: [{ role: 'user', content: [{ type: 'text', text: asked.text }, ...file] }],
    ...(asked.system !== undefined && { instructions: asked.system }),
  });
  let text = '';
  for await (const part of result.textStream) text += part;
  if (failure !== undefined) throw failure;
  const calls = (await result.toolCalls).filter((call) => !call.providerExecuted).map((call) => call.toolName);
  return { text, calls, tokens: (await result.usage).totalTokens };
}

async function viaLangChain(baseURL: string, apiKey: string, asked: Asked, useResponsesApi: boolean): Promise<Heard> {
  const model = new ChatOpenAI({
    model: modelOf(asked),
    apiKey,
    maxRetries: 0,
    streamUsage: true,
    useResponsesApi,
    configuration: { baseURL, defaultHeaders: asked.headers ?? {} },
  });
  const image = asked.image === undefined ? [] : [{ type: 'image_url' as const, image_url: { url: asked.image } }];
  const messages = [
    ...(asked.system === undefined ? [] : [new SystemMessage(asked.system)]),
    new HumanMessage({ content: [{ type: 'text', text: asked.text }, ...image] }),
  ];
  const chunks: AIMessageChunk[] = [];
  for await (const chunk of await model.stream(messages)) chunks.push(chunk);
  const [first, ...rest] = chunks;
  const whole = first && rest.reduce((a, b) => a.concat(b), first);
  return {
    text: whole?.text ?? '',
    calls: (whole?.tool_calls ?? []).map(({ name }) => name),
    tokens: (whole?.usage_metadata as { total_tokens: number } | undefined)?.total_tokens,
  };
}
