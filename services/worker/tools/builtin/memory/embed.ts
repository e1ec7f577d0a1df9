import { z } from 'zod';
import { UpstreamError } from '#shared/ground/errors.ts';

/** Makes vectors of texts, one for each, with a model of the gateway. Rejects when it cannot. */
export interface Embed {
  model: string;
  vectors(texts: readonly string[], signal: AbortSignal): Promise<number[][]>;
}

const answerSchema = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()).min(1).max(10_000) })),
});

const timeoutMs = 15_000;

export interface EmbedConfig {
  LITELLM_API_BASE: string;
  LITELLM_API_KEY: string;
  MEMORY_EMBEDDING_MODEL?: string | undefined;
}

/** Undefined where no embedding model is configured. */
export function createEmbed(config: EmbedConfig): Embed | undefined {
  const { LITELLM_API_BASE: base, LITELLM_API_KEY: key, MEMORY_EMBEDDING_MODEL: model } = config;
  if (model === undefined) return undefined;
  return {
    model,
    async vectors(texts, signal) {
      const response = await fetch(`${base.replace(/\/$/, '')}/embeddings`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, input: texts, encoding_format: 'float' }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      if (!response.ok) throw new UpstreamError('embeddings', `the embedding model answers ${response.status}`);
      const { data } = answerSchema.parse(await response.json());
      const ordered = texts.map((_, at) => data.find(({ index }) => index === at)?.embedding);
      if (ordered.some((vector) => vector === undefined)) {
        throw new UpstreamError('embeddings', 'the embedding model answers with fewer vectors than texts');
      }
      return ordered as number[][];
    },
  };
}
