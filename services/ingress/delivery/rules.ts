import type { RunRequest } from '#shared/run/request.ts';
import type { SafetyRules } from '../text/safety.ts';

/** What the text of a run's answer may show: which mentions, and no secrets of ours. */
export function rulesFor(request: RunRequest, config: { DISCORD_TOKEN: string }): Omit<SafetyRules, 'done'> {
  return { mayMention: mentionable(request), secrets: [config.DISCORD_TOKEN] };
}

/** Mentions never ping. They are shown as names only for people who take part, so that nobody is pointed at unasked. */
function mentionable(request: RunRequest): (kind: string, id: string) => boolean {
  const known = [request.text, ...(request.context ?? []).map(({ content }) => content)].join('\n');
  return (kind, id) =>
    kind !== 'role' && (id === request.caller.id || known.includes(`<@${id}>`) || known.includes(`<#${id}>`));
}
