import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';
import { redact } from '#shared/process/log.ts';
import { modelNames } from './local-models.ts';

/** A model at an endpoint that speaks OpenAI's format. */
export interface Endpoint {
  base: string;
  key: string | undefined;
  model: string;
}

export type Trial = { works: true; said: string; ms: number; usesTools: boolean } | { works: false; why: string };

const answerSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), tool_calls: z.array(z.unknown()).nullish() }),
      }),
    )
    .min(1),
});

const tool = {
  type: 'function',
  function: {
    name: 'current_time',
    description: 'Tells the present time.',
    parameters: { type: 'object', properties: {}, additionalProperties: false },
  },
};

/**
 * Asks the model one real question that needs a tool. Local models may first have to be loaded, so it waits for a
 * minute or two. A reason never holds the key.
 */
export async function tryModel({ base, key, model }: Endpoint): Promise<Trial> {
  const started = performance.now();
  try {
    const response = await fetch(`${base.replace(/\/$/, '')}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization(key) },
      body: JSON.stringify({
        model,
        messages: [{ role: 'user', content: 'What time is it? Use the tool.' }],
        tools: [tool],
      }),
      signal: AbortSignal.timeout(120_000),
    });
    const body = await response.text();
    if (!response.ok) return { works: false, why: reasonOf(response.status, body, model, key) };
    const { message } = answerSchema.parse(JSON.parse(body)).choices[0] ?? { message: {} };
    const usesTools = (message.tool_calls?.length ?? 0) > 0;
    return { works: true, said: message.content ?? '', ms: performance.now() - started, usesTools };
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      return { works: false, why: `what ${base} answers is not in OpenAI's format` };
    }
    return { works: false, why: `no answer from ${base} (${withoutKey(errorText(error), key)})` };
  }
}

/** The names of the models that the endpoint offers; none when it does not tell. */
export async function listModels(base: string, key: string | undefined): Promise<string[]> {
  try {
    const response = await fetch(`${base.replace(/\/$/, '')}/models`, {
      headers: authorization(key),
      signal: AbortSignal.timeout(10_000),
    });
    return response.ok ? modelNames(await response.text()) : [];
  } catch {
    return [];
  }
}

function authorization(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}

function reasonOf(status: number, body: string, model: string, key: string | undefined): string {
  const said = withoutKey(messageOf(body), key);
  if (status === 401 || status === 403) return `the key is refused (${status})${said}`;
  if (status === 404) return `there is no model ${model}, or no such address (404)${said}`;
  if (status === 429) return `the key's quota or rate is used up (429)${said}`;
  return `it answers ${status}${said}`;
}

function messageOf(body: string): string {
  const shape = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });
  try {
    const { error } = shape.parse(JSON.parse(body));
    return `: ${typeof error === 'string' ? error : error.message}`.slice(0, 300);
  } catch {
    return '';
  }
}

/** Some endpoints repeat the key in what they say. */
function withoutKey(text: string, key: string | undefined): string {
  return redact(key ? text.replaceAll(key, '[key]') : text);
}
