import { readSources, targetOf } from './imports.ts';
import { ingressRooms, sharedRooms } from './rooms.ts';

export interface Violation {
  /** Relative to the repository, with slashes. */
  file: string;
  line: number;
  problem: string;
}

/** A file as the rules see it: `services/worker/loop/plan.ts` has area `services`, unit `worker`, room `loop`. */
interface Place {
  area: string;
  unit: string;
  /** The folder within the unit, or the name of a file that is in the unit itself. */
  room: string;
  test: boolean;
}

/**
 * Files of services/ingress: those that all of its rooms may import, and those that import the rooms and are imported
 * by none.
 */
const ingressGround = ['config.ts', 'display.ts', 'events.ts', 'shards.ts'];
const ingressTop = ['context.ts', 'main.ts', 'standby.ts'];

/**
 * Checks every source file below `root` against the rules on who may import whom (ARCHITECTURE.md). Returns the
 * violations by file and line.
 */
export function findViolations(root: string): Violation[] {
  return readSources(root).flatMap(({ file, imports }) =>
    imports.flatMap(({ specifier, line }) => {
      const problem = judge(file, specifier);
      return problem === undefined ? [] : [{ file, line, problem: `imports ${specifier}: ${problem}` }];
    }),
  );
}

/** Says why `file` may not import `specifier`; undefined when it may. */
function judge(file: string, specifier: string): string | undefined {
  const target = targetOf(file, specifier);
  if (target === undefined) return undefined;
  if (!/\.(?:ts|mts|mjs|json|css|html)$/.test(specifier)) return 'write the ending, .ts';
  if (specifier.includes('../../')) return 'use #folder/… instead of ../../';
  return crossing(placeOf(file), placeOf(target));
}

function placeOf(file: string): Place {
  const [area = '', unit = '', room = ''] = file.split('/');
  return { area, unit, room, test: area === 'test' || file.endsWith('.test.ts') };
}

function crossing(from: Place, to: Place): string | undefined {
  if (!from.test && from.area !== 'start' && (to.area === 'test' || to.area === 'start')) {
    return `what runs in production does not import ${to.area}/`;
  }
  switch (from.area) {
    case 'shared':
      if (to.area === 'services') return 'shared/ imports no service';
      return from.test || to.area !== 'shared' ? undefined : crossingRooms(from.unit, to.unit);
    case 'services':
      if (to.area !== 'services') return undefined;
      if (to.unit === from.unit)
        return from.unit === 'ingress' && !from.test ? crossingIngress(from.room, to.room) : undefined;
      // Tests may import it: the stand-in for Discord is also a test fixture.
      if (from.test && to.unit === 'playground') return undefined;
      return 'a service imports no other service';
    case 'mcp':
      if (to.area === 'services') return 'mcp/ imports no service';
      if (to.area === 'shared' && to.unit !== 'ground' && to.unit !== 'picture')
        return 'mcp/ imports of shared/ the rooms ground and picture alone';
      return undefined;
    case 'litellm':
      return to.area === 'services' ? 'litellm/ imports no service' : undefined;
    default:
      return undefined;
  }
}

function crossingRooms(from: string, to: string): string | undefined {
  const below = sharedRooms[from]?.on;
  if (!below || !sharedRooms[to]) return `shared/ has the rooms ${Object.keys(sharedRooms).join(', ')}`;
  return from === to || below.includes(to) ? undefined : `shared/${from} does not build on shared/${to}`;
}

function crossingIngress(from: string, to: string): string | undefined {
  if (ingressTop.includes(from) || ingressGround.includes(to) || from === to) return undefined;
  const below = ingressGround.includes(from) ? [] : ingressRooms[from];
  if (!below || (!ingressRooms[to] && !ingressTop.includes(to))) {
    return `services/ingress has the rooms ${Object.keys(ingressRooms).join(', ')}`;
  }
  return below.includes(to) ? undefined : `services/ingress/${from} does not build on ${to}`;
}
