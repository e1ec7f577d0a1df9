import { readSources, targetOf } from './imports.ts';

/** For each file, the other files that it imports. Types count as values do. */
type Graph = Map<string, string[]>;

/**
 * Finds the circles that imports below `root` make, also those of types, which the linter does not see. Returns one
 * complaint for each group of files that lead to each other: a shortest circle in full, and the other files of the
 * group.
 */
export function findCircles(root: string): string[] {
  const graph = readGraph(root);
  return groupsOf(graph).map((group) => {
    const circle = shortestCircle(graph, group);
    const others = group.filter((file) => !circle.includes(file));
    const more = others.length > 0 ? `; in circles with them: ${others.join(', ')}` : '';
    return `imports make a circle: ${[...circle, circle[0]].join(' → ')}${more}`;
  });
}

function readGraph(root: string): Graph {
  const sources = readSources(root);
  const files = new Set(sources.map(({ file }) => file));
  const graph: Graph = new Map();
  for (const { file, imports } of sources) {
    const targets = imports.map(({ specifier }) => targetOf(file, specifier)).filter((target) => target !== undefined);
    graph.set(
      file,
      [...new Set(targets)].filter((target) => files.has(target) && target !== file),
    );
  }
  return graph;
}

/** Groups of two or more files of which each leads to each other (Tarjan's strongly connected components). */
function groupsOf(graph: Graph): string[][] {
  const index = new Map<string, number>();
  const stack: string[] = [];
  const groups: string[][] = [];

  function visit(file: string): number {
    const own = index.size;
    index.set(file, own);
    stack.push(file);
    let lowest = own;
    for (const target of graph.get(file) ?? []) {
      if (!index.has(target)) lowest = Math.min(lowest, visit(target));
      else if (stack.includes(target)) lowest = Math.min(lowest, index.get(target) ?? own);
    }
    if (lowest === own) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1) groups.push(group.toSorted());
    }
    return lowest;
  }

  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return groups.toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
}

/** The shortest way from a file of the group back to itself, over all of its files. */
function shortestCircle(graph: Graph, group: string[]): string[] {
  const circles = group.map((file) => wayBack(graph, file)).filter((way) => way !== undefined);
  return circles.toSorted((a, b) => a.length - b.length)[0] ?? group;
}

/** Searches breadth first, so the first way found back to `start` is the shortest. */
function wayBack(graph: Graph, start: string): string[] | undefined {
  const seen = new Set<string>();
  let ways = [[start]];
  while (ways.length > 0) {
    const longer: string[][] = [];
    for (const way of ways) {
      for (const target of graph.get(way.at(-1) ?? '') ?? []) {
        if (target === start) return way;
        if (seen.has(target)) continue;
        seen.add(target);
        longer.push([...way, target]);
      }
    }
    ways = longer;
  }
  return undefined;
}
