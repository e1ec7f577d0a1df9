import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lives, nameOfProcess, numberOfProcess } from '#shared/ground/lives.mjs';
import { StartError } from './errors.ts';

/** What a stack started here keeps, in `.dragoman/` or the folder that DRAGOMAN_STATE_DIR names. */
export interface StateFolder extends Disposable {
  path: string;
  /** A folder in it; made when missing. */
  folder(name: string): string;
  /** A secret by its name. It is made at random once, and only its owner can read it. */
  secret(name: string): string;
  /** True the first time that this folder is asked for this name; false ever after. */
  first(name: string): boolean;
}

/**
 * Opens the folder for one starter. Throws StartError when another starter holds it, because two starters would write
 * into one database, and when nothing can be written there.
 */
export function openStateFolder(base: string): StateFolder {
  const lock = path.join(base, 'start.lock');
  writing(base, () => {
    makeFolder(base);
    // Other users of the machine must not see the data, but Postgres runs as another user and must pass through.
    chmodSync(base, 0o711);
    takeLock(lock);
  });
  return {
    path: base,
    folder: (name) =>
      writing(base, () => {
        const folder = path.join(base, name);
        mkdirSync(folder, { recursive: true });
        return folder;
      }),
    secret: (name) => writing(base, () => readOrMake(path.join(base, 'secrets', name))),
    first: (name) => writing(base, () => make(path.join(base, `${name}.done`), `${new Date().toISOString()}\n`)),
    [Symbol.dispose]: () => rmSync(lock, { force: true }),
  };
}

const otherFolder = 'or set DRAGOMAN_STATE_DIR to a folder where you can write';
/** What to do about a folder in which nothing can be written, by the system's code. */
const remedies: Record<string, string> = {
  EACCES: `you may not write there: start as its owner, ${otherFolder}`,
  EPERM: `it belongs to another user: start as its owner, ${otherFolder}`,
  EROFS: `it lies on a file system that is read-only: set DRAGOMAN_STATE_DIR to a folder where you can write`,
  ENOSPC: `the disk is full: make room, ${otherFolder}`,
  EDQUOT: `your share of the disk is used up: make room, ${otherFolder}`,
  ENOTDIR: `a part of that path is a file: remove that, ${otherFolder}`,
  EEXIST: `it is a file: remove it, ${otherFolder}`,
  ENOENT: `no folder can be made there: set DRAGOMAN_STATE_DIR to a folder where you can write`,
};

function writing<T>(base: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const remedy = remedies[code] ?? `${message}. Set DRAGOMAN_STATE_DIR to a folder where you can write`;
    throw new StartError(`Dragoman cannot keep its data in ${base}: ${remedy}.`, { cause: error });
  }
}

/** Makes a folder and those above it, one by one: below /proc Node's `recursive` would try without end. */
function makeFolder(folder: string): void {
  const isThere = () => statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  if (isThere()) return;
  const above = path.dirname(folder);
  if (!existsSync(above)) makeFolder(above);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another starter may have made it just now.
    if (!isThere()) throw error;
  }
}

function takeLock(lock: string): void {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(lock, nameOfProcess(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const name = readFileSync(lock, 'utf8');
    if (lives(name)) {
      const holder = numberOfProcess(name);
      throw new StartError(
        `Dragoman already runs from this folder (process ${holder}). Stop it there with Ctrl-C, or start from another ` +
          `clone. If process ${holder} is something else, remove ${lock}.`,
      );
    }
    rmSync(lock, { force: true });
  }
  throw new StartError('Another start from this folder is under way; try again when it has finished.');
}

function readOrMake(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  make(file, `${randomBytes(32).toString('hex')}\n`);
  return readFileSync(file, 'utf8').trim();
}

/** Writes a file that does not exist yet; false when it exists. */
function make(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
