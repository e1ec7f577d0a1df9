import type { Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';
import { isObject } from '#shared/ground/objects.ts';
import type { ServerPrompt } from '#shared/servers/prompts.ts';
import { plainText } from './text.ts';

/** Milliseconds; the list of tools waits for it. */
const listMs = 3_000;
const promptsMax = 50;
const argumentsMax = 20;

/** Read leniently: each prompt is looked at on its own. */
const pageSchema = z.looseObject({ prompts: z.unknown().optional() });

/** The prompts of a server that is not ours, their texts plain and bounded. A failure costs only them. */
export async function listPrompts(client: Client, tell: (what: string) => void): Promise<ServerPrompt[]> {
  if (client.getServerCapabilities()?.prompts === undefined) return [];
  try {
    const request = { method: 'prompts/list', params: {} };
    const { prompts } = await client.request(request, pageSchema, { timeout: listMs });
    return Array.isArray(prompts) ? prompts.filter(isObject).slice(0, promptsMax).flatMap(readPrompt) : [];
  } catch (error) {
    tell(`its prompts are not listed: ${errorText(error)}`);
    return [];
  }
}

function readPrompt({ name, title, description, arguments: args }: Record<string, unknown>): ServerPrompt[] {
  if (typeof name !== 'string' || name.trim() === '') return [];
  return [
    {
      name: plainText(name, 100),
      title: typeof title === 'string' ? plainText(title, 200) : '',
      description: typeof description === 'string' ? plainText(description, 500) : '',
      arguments: Array.isArray(args) ? args.filter(isObject).slice(0, argumentsMax).flatMap(argumentName) : [],
    },
  ];
}

function argumentName({ name, required }: Record<string, unknown>): string[] {
  return typeof name === 'string' ? [`${plainText(name, 60)}${required === true ? '' : '?'}`] : [];
}
