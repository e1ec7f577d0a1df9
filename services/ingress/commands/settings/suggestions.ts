import type { Suggestion } from '#services/ingress/interactions/answer.ts';

/** Suggestions for what a person has typed: what is current comes first, and is marked. */
export function suggestionsFor(names: readonly string[], typed: string, current: string | undefined): Suggestion[] {
  const wanted = typed.trim().toLowerCase();
  const fitting = names.filter((name) => name.length <= 100 && name.toLowerCase().includes(wanted));
  const order = [...fitting.filter((name) => name === current), ...fitting.filter((name) => name !== current)];
  return order
    .slice(0, 25)
    .map((name) => ({ name: `${name === current ? '◉' : '○'} ${name}`.slice(0, 100), value: name }));
}
