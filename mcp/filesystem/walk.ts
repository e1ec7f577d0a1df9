import { mkdir } from 'node:fs/promises';
import { holdChild, holdRoot, type Held, type Link } from './reach.ts';
import { refused, shown } from '#mcp/words.ts';
import { lookAlikes, newNameProblem } from './look-alikes.ts';
import { errorCode, Missing } from './refusal.ts';
import { assertStaysBelow, namesBelowRoot, outside, relativeToRoot, splitNames, type Workspace } from './workspace.ts';

/** The number of links that Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;

/** Where a path leads. `found` is undefined when only the last name is missing; a write may create it in `parent`. */
export interface Place extends AsyncDisposable {
  parent: Held;
  /** The last name, after links were followed; undefined for the workspace itself. */
  name: string | undefined;
  found: Held | undefined;
  /** The path on disk, where it is written in other signs than the one that was given. */
  actual?: string | undefined;
}

export interface WalkOptions {
  /** True when missing directories on the way are made and a missing last name is accepted. */
  toWrite?: boolean;
}

interface Walk {
  workspace: Workspace;
  given: string;
  /**
   * The root first, then every directory on the way. `..` goes back to the directory held before, never to what a name
   * means by now.
   */
  held: Held[];
  names: string[];
  pending: string[];
  links: number;
  /** True when a look-alike was taken for a name that does not exist. */
  respelt: boolean;
}

/**
 * Resolves a path one name at a time. Each name is looked up in the directory that is already held open, and links are
 * resolved here instead of by the kernel. So no step can leave the root, whatever is swapped meanwhile. Throws refusals
 * and system errors.
 */
export async function walk(workspace: Workspace, given: string, options: WalkOptions = {}): Promise<Place> {
  const pending = await namesBelowRoot(workspace, given);
  const state: Walk = {
    workspace,
    given,
    held: [await holdRoot(workspace.root)],
    names: [],
    pending,
    links: 0,
    respelt: false,
  };
  try {
    for (let name = state.pending.shift(); name !== undefined; name = state.pending.shift()) {
      const missing = await step(state, name, options.toWrite === true);
      if (missing) return placeOf(state, name, undefined);
    }
    if (namesDirectory(given) && !state.held.at(-1)?.stat.isDirectory()) throw systemError('ENOTDIR');
    return placeOf(state, state.names.at(-1), state.held.at(-1));
  } catch (error) {
    await release(state.held);
    throw error;
  }
}

/** Takes one step. True when the last name is missing and may be created. */
async function step(state: Walk, name: string, toWrite: boolean): Promise<boolean> {
  const here = state.held.at(-1);
  if (!here?.stat.isDirectory()) throw systemError('ENOTDIR');
  if (name === '..') return goBack(state);
  if (state.workspace.isHidden(name)) throw hiddenName(name);
  const [next, actual] = await holdNamed(state, here, name, toWrite);
  if (!next) return true;
  if ('target' in next) await followLink(state, next);
  else enter(state, next, actual);
  return false;
}

/** Holds the entry, or what looks the same. Undefined when the last name is missing and may be created. */
async function holdNamed(
  state: Walk,
  here: Held,
  name: string,
  toWrite: boolean,
): Promise<[Held | Link | undefined, string]> {
  try {
    return [await holdChild(here, name), name];
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    const { same, similar } = await lookAlikes(here, name, state.workspace.isHidden);
    const [only] = same;
    // A write may not end in another file than the one that a human was shown, except that Unicode calls both one name.
    const isOne = same.length === 1 && (!toWrite || only?.normalize('NFC') === name.normalize('NFC'));
    if (isOne && only !== undefined) {
      state.respelt = true;
      return [await holdChild(here, only), only];
    }
    if (!toWrite || same.length > 0 || state.pending.includes('..')) throw new Missing(name, [...same, ...similar]);
  }
  const problem = newNameProblem(name);
  if (problem) throw refused(`the new name ${shown(name)} ${problem}. Use another name.`);
  return [state.pending.length === 0 ? undefined : await makeDirectory(here, name), name];
}

/** A path with a slash at its end means a directory (POSIX, 4.16). */
export function namesDirectory(given: string): boolean {
  return /\/\.?$/.test(given);
}

function enter(state: Walk, held: Held, name: string): void {
  state.held.push(held);
  state.names.push(name);
}

async function goBack(state: Walk): Promise<false> {
  if (state.held.length === 1) throw outside(state.given);
  state.names.pop();
  await state.held.pop()?.handle.close();
  return false;
}

/** Puts a link's target in front of the names to come. An absolute one starts again at the root, if it lies below it. */
async function followLink(state: Walk, link: Link): Promise<void> {
  state.links += 1;
  if (state.links > MAX_LINKS) throw systemError('ELOOP');
  const absolute = link.target.startsWith('/');
  // The target of a link that leads out is a host path, so the refusal names the path that the caller gave.
  const names = splitNames(absolute ? await relativeToRoot(state.workspace, link.target).catch(leadsOut) : link.target);
  if (absolute) {
    await release(state.held.splice(1));
    state.names.length = 0;
  }
  state.pending.unshift(...names);
  assertStaysBelow([...state.names, ...state.pending], state.given);

  function leadsOut(): never {
    throw outside(state.given);
  }
}

async function makeDirectory(here: Held, name: string): Promise<Held | Link> {
  try {
    await mkdir(`${here.reach}/${name}`);
  } catch (error) {
    // Another write made the directory in the meantime. Whatever stands there now is judged like anything else found.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  return holdChild(here, name);
}

function placeOf(state: Walk, name: string | undefined, found: Held | undefined): Place {
  const { held } = state;
  const parent = (found ? held.at(-2) : held.at(-1)) ?? held[0];
  if (!parent) throw new Error('a walk always holds its root');
  const actual = state.respelt ? [...state.names, ...(found ? [] : [name])].join('/') : undefined;
  return { parent, name, found, actual, [Symbol.asyncDispose]: () => release(held) };
}

async function release(held: readonly Held[]): Promise<void> {
  await Promise.all(held.map(({ handle }) => handle.close()));
}

function hiddenName(name: string): Error {
  return refused(
    `${shown(name)} is hidden here: such names hold credentials or settings. Tell the user; do not look for a way round.`,
  );
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/**
 * The regular file that a place holds. Refuses devices, FIFOs and sockets. Also refuses files with more than one name:
 * only its link count tells a hard link to a file outside from any other file.
 */
export function regularFile(place: Place, given: string): Held {
  const { found } = place;
  if (!found) throw systemError('ENOENT');
  if (found.stat.isDirectory()) throw systemError('EISDIR');
  if (!found.stat.isFile())
    throw refused(`${shown(given)} is a device, pipe or socket, not a document. Only plain files can be used.`);
  if (found.stat.nlink > 1)
    throw refused(
      `${shown(given)} has a second name (a hard link), possibly outside of the workspace. Ask the user for a copy of the file.`,
    );
  return found;
}

/** The directory that a place holds; throws ENOTDIR for anything else. */
export function directory(place: Place): Held {
  if (!place.found?.stat.isDirectory()) throw systemError('ENOTDIR');
  return place.found;
}
