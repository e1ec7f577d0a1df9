/** A server's tools, for sharing out the places that a model's list has. */
export interface Group<T> {
  server: string;
  /** Whether it is one of our own domains, or the worker itself. */
  own: boolean;
  tools: T[];
}

/** A server of which not all tools found a place. */
export interface Shortened {
  server: string;
  kept: number;
  of: number;
}

/** OpenAI takes no more tools in one request, and with more every model chooses worse. */
export const placesForTools = 128;

/**
 * Shares out `places`: our own tools first, then as many for each server as for the others, and what one does not need
 * goes to the rest. Of a server's tools the first stay, in its own order.
 */
export function shareOut<T>(
  groups: readonly Group<T>[],
  places = placesForTools,
): { kept: T[]; shortened: Shortened[] } {
  const own = shares(groups.filter((group) => group.own).map(sizeOf), places);
  const left = places - own.reduce((sum, share) => sum + share, 0);
  const others = shares(groups.filter((group) => !group.own).map(sizeOf), left);
  const counts = groups.map((group) => (group.own ? own : others).shift() ?? 0);
  return {
    kept: groups.flatMap(({ tools }, index) => tools.slice(0, counts[index])),
    shortened: groups.flatMap(({ server, tools }, index) => {
      const kept = counts[index] ?? 0;
      return kept < tools.length ? [{ server, kept, of: tools.length }] : [];
    }),
  };
}

/** In words, for whoever looks after the servers. */
export function shortenedText({ kept, of }: Shortened): string {
  return `only ${kept} of its ${of} tools are offered: a model takes ${placesForTools} at once, our own come first and the servers share the rest`;
}

function sizeOf({ tools }: Group<unknown>): number {
  return tools.length;
}

/** How many each gets of `places`. The smallest are served first: what they leave is for the others. */
function shares(wanted: readonly number[], places: number): number[] {
  const given = wanted.map(() => 0);
  const smallestFirst = wanted
    .map((_, index) => index)
    .toSorted((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || a - b);
  let left = places;
  for (const [at, index] of smallestFirst.entries()) {
    // The earlier of two equal ones gets what cannot be halved.
    const fair = Math.ceil(left / (smallestFirst.length - at));
    given[index] = Math.min(wanted[index] ?? 0, fair, left);
    left -= given[index] ?? 0;
  }
  return given;
}
