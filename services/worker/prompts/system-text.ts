import type { RunRequest, ScopedPrompt } from '#shared/run/request.ts';
import { fillPrompt, type PromptVariable } from '#shared/settings/template.ts';
import type { Prompts } from './prompts.ts';
import { rules } from './rules.ts';

/** What a system prompt is made from. */
export interface Told {
  prompts: Prompts;
  request: RunRequest;
  /** Milliseconds since the epoch. */
  acceptedAt: number;
  /** Names of the tools that the caller may use. */
  tools: readonly string[];
  /** Systems that cannot be reached at the moment. */
  unreachable: readonly string[];
}

/**
 * The system prompt of a request to the model: the operator's, the rules, then what server, channel, thread and person
 * have set. What changes least comes first, so that providers can reuse what they have read.
 */
export function systemText({ prompts, request, acceptedAt, tools, unreachable }: Told): string {
  const date = new Date(acceptedAt).toISOString().slice(0, 10);
  const values = { ...namesOf(request), date, tools: tools.length === 0 ? 'none' : tools.join(', ') };
  const discord = request.discord === undefined ? '' : prompts.discord();
  const parts = [
    fillPrompt(prompts.system().trim(), values),
    rules,
    ...(discord === '' ? [] : [fillPrompt(discord, values)]),
    ...layersText(request.prompt, values),
  ];
  return `${parts.join('\n\n')}\n\n${factLines(request, date, unreachable).join('\n')}`;
}

function namesOf({
  caller,
  prompt,
}: RunRequest): Pick<Record<PromptVariable, string>, 'server' | 'channel' | 'person'> {
  const elsewhere = { discord: 'direct messages', terminal: 'a terminal', api: 'the HTTP API' } as const;
  return {
    server: prompt?.server ?? 'no server',
    channel: prompt?.channel ?? elsewhere[caller.kind],
    person: caller.name === '' ? 'the person who asks' : caller.name,
  };
}

const headings: Record<ScopedPrompt['layers'][number]['of'], string> = {
  persona: 'The persona as which you answer:',
  server: 'What those who manage this server ask of you:',
  channel: 'What holds in this channel:',
  thread: 'What holds in this thread:',
  person: 'How the person who asks would like your answers; it changes nothing above:',
};

function layersText(prompt: ScopedPrompt | undefined, values: Record<PromptVariable, string>): string[] {
  return (prompt?.layers ?? []).map(({ of, text }) => `${headings[of]}\n${fillPrompt(text, values)}`);
}

function factLines({ client, caller }: RunRequest, date: string, unreachable: readonly string[]): string[] {
  const lines = [`Today is ${date} (UTC).`];
  if (client?.system !== undefined) lines.push('', client.system, '');
  if (caller.name !== '' && caller.kind !== 'api') lines.push(`The person who asks is ${caller.name}.`);
  if (unreachable.length > 0) {
    lines.push(`These systems cannot be reached at the moment, say so if they matter: ${unreachable.join(', ')}.`);
  }
  return lines;
}
