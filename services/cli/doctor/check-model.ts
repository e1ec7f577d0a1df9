import { errorText } from '#shared/ground/errors.ts';
import type { CliConfig } from '../config.ts';
import { broken, ok, warning, type Finding } from './finding.ts';

/** Checks that the model's endpoint can be reached, that it accepts the key, and that it offers the model. */
export async function checkModel(config: CliConfig): Promise<Finding> {
  const { LITELLM_API_BASE: base, LITELLM_API_KEY: key, MODEL_NAME: model } = config;
  const url = `${base.replace(/\/$/, '')}/models`;
  let response: Response;
  try {
    response = await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(10_000) });
  } catch (error) {
    const mend =
      'Start it, or set LITELLM_API_BASE to an OpenAI-compatible endpoint; npm start brings an offline model.';
    return broken('model', `no answer from ${url} (${errorText(error)})`, mend);
  }
  if (response.status === 401 || response.status === 403) {
    return broken(
      'model',
      `${url} refuses the key (${response.status})`,
      'Set LITELLM_API_KEY to a key of that endpoint.',
    );
  }
  if (!response.ok) {
    const mend = 'Check LITELLM_API_BASE: it ends in /v1 for most endpoints.';
    return warning('model', `${url} answers ${response.status}`, mend);
  }
  const names = modelNames(await response.json().catch(() => undefined));
  if (names.length === 0 || names.includes(model)) return ok('model', `${model} at ${base}`);
  const mend = `Set MODEL_NAME to one of: ${names.slice(0, 10).join(', ')}.`;
  return broken('model', `${base} does not offer ${model}`, mend);
}

function modelNames(body: unknown): string[] {
  const { data } = (body ?? {}) as { data?: { id?: unknown }[] };
  return Array.isArray(data) ? data.map(({ id }) => String(id)) : [];
}
