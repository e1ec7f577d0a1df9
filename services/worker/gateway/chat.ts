import type OpenAI from 'openai';

/** OpenAI's wire types, under names of ours. */
export type ChatMessage = OpenAI.ChatCompletionMessageParam;
export type ChatTool = OpenAI.ChatCompletionFunctionTool;
export type ChatBody = OpenAI.ChatCompletionCreateParamsStreaming;
