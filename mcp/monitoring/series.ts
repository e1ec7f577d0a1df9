import type { Stretch } from '#shared/picture/chart.ts';

export type Labels = Readonly<Record<string, string>>;

/** Seconds since 1970, and the value then; least and most of the time around it where the value is their average. */
export type Point = readonly [time: number, value: number, min?: number, max?: number];

export interface Series {
  labels: Labels;
  points: readonly Point[];
}

export interface Summary {
  last: number;
  min: number;
  avg: number;
  max: number;
}

/** What the points say together. NaN counts only where there is nothing else; an average of nothing is NaN. */
export function summaryOf(points: readonly Point[]): Summary {
  const last = points.at(-1)?.[1] ?? Number.NaN;
  let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
  for (const [, value, least = value, most = value] of points) {
    if (Number.isNaN(value)) continue;
    min = Math.min(min, least);
    max = Math.max(max, most);
    sum += value;
    count += 1;
  }
  if (count === 0) return { last, min: last, avg: last, max: last };
  return { last, min, avg: averageOf(points, { sum, count, min, max }), max };
}

/** The sum of very large numbers is more than a number can hold; their average lies between the least and the most. */
function averageOf(points: readonly Point[], known: Record<'sum' | 'count' | 'min' | 'max', number>): number {
  const { sum, count, min, max } = known;
  if (Number.isFinite(sum)) return sum / count;
  const avg = points.reduce((all, [, value]) => all + (value || 0) / count, 0);
  return Math.min(max, Math.max(min, avg));
}

/** The points in at most `most` stretches of equal length; least and most of each stay. Empty stretches are left out. */
export function stretchesOf(points: readonly Point[], start: number, end: number, most: number): Stretch[] {
  if (points.length <= most) return points.map(([time, avg, min = avg, max = avg]) => ({ time, min, avg, max }));
  const length = (end - start) / most || 1;
  const groups = new Map<number, Point[]>();
  for (const point of points) {
    const at = Math.min(most - 1, Math.max(0, Math.floor((point[0] - start) / length)));
    const group = groups.get(at);
    if (group) group.push(point);
    else groups.set(at, [point]);
  }
  return [...groups.entries()]
    .toSorted(([a], [b]) => a - b)
    .map(([, group]) => {
      const { min, avg, max } = summaryOf(group);
      return { time: group[0]![0], min, avg, max };
    });
}

/** The labels that all series share, and what is left of each. */
export function sharedLabels(all: readonly Labels[]): { shared: Labels; rest: (labels: Labels) => Labels } {
  const [first = {}] = all;
  const same = Object.entries(first).filter(([name, value]) => all.every((labels) => labels[name] === value));
  const names = new Set(all.length > 1 ? same.map(([name]) => name) : []);
  return {
    shared: Object.fromEntries(same.filter(([name]) => names.has(name))),
    rest: (labels) => Object.fromEntries(Object.entries(labels).filter(([name]) => !names.has(name))),
  };
}
