import { z } from 'zod';

const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) });
const timeoutMs = 3_000;

export interface GatewayPlace {
  LITELLM_API_BASE: string;
  LITELLM_API_KEY: string;
}

/** What the gateway answers to a GET. Rejects when that is an error, or takes longer than three seconds. */
export async function askGateway({ LITELLM_API_BASE, LITELLM_API_KEY }: GatewayPlace, path: string): Promise<unknown> {
  const response = await fetch(`${LITELLM_API_BASE.replace(/\/$/, '')}${path}`, {
    headers: { authorization: `Bearer ${LITELLM_API_KEY}` },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`the gateway answers ${response.status} for ${path}`);
  return response.json();
}

/** The names of the gateway's models. Rejects as `askGateway` does, and when it has no list. */
export async function gatewayModels(gateway: GatewayPlace): Promise<string[]> {
  return listSchema.parse(await askGateway(gateway, '/models')).data.map(({ id }) => id);
}
