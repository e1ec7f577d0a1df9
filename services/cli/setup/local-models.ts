import { z } from 'zod';

/** A model server that answers on this machine. */
export interface LocalServer {
  name: string;
  /** Where it speaks OpenAI's format. */
  base: string;
  /** Models that can talk, in the server's order; empty when it wants a key before it names any. */
  models: string[];
  /** True when it answers nobody without a key. */
  wantsKey: boolean;
}

interface Kind {
  name: string;
  port: number;
  /** A route that answers at once, and what tells this server from others on its port. */
  probe: string;
  isIt(response: Response, body: string): boolean;
}

const kinds: readonly Kind[] = [
  { name: 'Ollama', port: 11_434, probe: '/', isIt: (_, body) => body.includes('Ollama is running') },
  { name: 'LM Studio', port: 1_234, probe: '/v1/models', isIt: (response, body) => response.ok && isModelList(body) },
  {
    name: 'llama.cpp',
    port: 8_080,
    probe: '/v1/models',
    // Dragoman's own HTTP API listens on the same port.
    isIt: ({ headers }, body) => headers.get('server') === 'llama.cpp' || /"owned_by":\s*"llamacpp"/.test(body),
  },
  { name: 'LiteLLM', port: 4_000, probe: '/health/liveliness', isIt: (_, body) => body.includes("I'm alive") },
];

const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) });
/** Models that only turn text into numbers. */
const noTalkers = /embed|bge-|minilm|rerank|whisper|clip/i;

/**
 * Looks on loopback for the model servers that people run, each on its usual port; `ports` says otherwise, by name.
 * What does not answer within `patienceMs` is not there.
 */
export async function findLocalModels(
  options: { patienceMs?: number; ports?: Record<string, number> } = {},
): Promise<LocalServer[]> {
  const found = await Promise.all(
    kinds.map((kind) => look(kind, options.ports?.[kind.name] ?? kind.port, options.patienceMs ?? 400)),
  );
  return found.filter((server) => server !== undefined);
}

async function look(kind: Kind, port: number, patienceMs: number): Promise<LocalServer | undefined> {
  const origin = `http://127.0.0.1:${port}`;
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(origin + kind.probe, { signal, redirect: 'manual' });
    if (!kind.isIt(response, await shortBody(response))) return undefined;
    const base = `${origin}/v1`;
    const listed = await fetch(`${base}/models`, { signal: AbortSignal.timeout(patienceMs) });
    const models = listed.ok ? modelNames(await listed.text()) : [];
    await listed.body?.cancel().catch(() => undefined);
    return { name: kind.name, base, models, wantsKey: listed.status === 401 || listed.status === 403 };
  } catch {
    return undefined;
  }
}

/** Whatever listens there may send without end. */
async function shortBody(response: Response): Promise<string> {
  const length = Number(response.headers.get('content-length') ?? 0);
  if (length < 1_000_000) return await response.text();
  await response.body?.cancel();
  return '';
}

function isModelList(body: string): boolean {
  return modelNames(body).length > 0 || /"data":\s*\[\s*\]/.test(body);
}

/** The names in an answer of OpenAI's `/models`; none when it is no such answer. */
export function modelNames(body: string): string[] {
  try {
    const { data } = modelsSchema.parse(JSON.parse(body));
    return data.map(({ id }) => id).filter((id) => !noTalkers.test(id));
  } catch {
    return [];
  }
}

/** The server and its models on one line. */
export function describeServer({ name, models, wantsKey }: LocalServer): string {
  if (wantsKey) return `${name}, which wants a key`;
  if (models.length === 0) return `${name}, which has no model that talks yet`;
  const shown = models.slice(0, 4).join(', ');
  return `${name} with ${shown}${models.length > 4 ? ` and ${models.length - 4} more` : ''}`;
}
