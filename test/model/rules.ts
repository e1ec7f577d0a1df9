import { z } from 'zod';
import type { ParsedRequest, Turn, TurnHandler } from './turn.ts';

/**
 * A rule of a script file. Conversations whose user text matches get its turns, by step.
 * In any text of a turn, `{{1}}`… stands for the capture group, `{{user}}` for the user's text, `{{result}}` for the
 * newest tool result.
 */
export interface ScriptRule {
  match: string;
  turns: Turn[];
}

export const scriptFile = z.object({
  rules: z.array(z.object({ match: z.string(), turns: z.array(z.record(z.string(), z.unknown())).min(1) })),
});

/** Makes a handler from rules; the first rule that matches wins. Throws on a broken regular expression. */
export function handlerOf(rules: readonly ScriptRule[]): TurnHandler {
  const compiled = rules.map((rule) => ({ pattern: new RegExp(rule.match, 's'), turns: rule.turns }));
  return (request) => {
    for (const { pattern, turns } of compiled) {
      const found = pattern.exec(request.user);
      if (found) return fill(turns[Math.min(request.step, turns.length - 1)] ?? {}, found, request);
    }
    return { text: 'No rule matches this message.' };
  };
}

function fill(turn: Turn, found: RegExpExecArray, request: ParsedRequest): Turn {
  const put = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace(/\{\{(\w+)\}\}/g, (_, name: string) => lookUp(name));
    if (Array.isArray(value)) return value.map(put);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, put(inner)]));
  };
  const lookUp = (name: string): string => {
    if (name === 'user') return request.user;
    if (name === 'result') return request.results.at(-1)?.text ?? '';
    return found[Number(name)] ?? '';
  };
  return put(turn) as Turn;
}
