import fs, { open, type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { devNull } from 'node:os';

/**
 * An operation on the call file, as `crash-points.ts` names it: `append` with the text, `sync`, `rename` with the old
 * name.
 */
type FileDeed = 'append' | 'rename';

/**
 * Called before an operation. `begun` is called once it was begun (in the system's memory, not on disk yet), `done`
 * once it is done.
 */
type OnFileDeed = (deed: FileDeed, what: string) => { begun: () => void; done: () => void };

/**
 * Tells `on` about everything that this process writes through file handles of `node:fs/promises`, and what it renames.
 */
export async function watchFileDeeds(on: OnFileDeed): Promise<void> {
  await using handle = await open(devNull, 'w');
  const handles = Object.getPrototypeOf(handle) as FileHandle;
  // oxlint-disable-next-line unbound-method -- called with its own `this` below
  const { appendFile: append, datasync: sync } = handles;
  const waiting = new WeakMap<FileHandle, () => void>();
  handles.appendFile = async function appendFile(this: FileHandle, ...args: Parameters<typeof append>): Promise<void> {
    const { begun, done } = on('append', typeof args[0] === 'string' ? args[0] : '');
    await append.apply(this, args);
    waiting.set(this, done);
    begun();
  };
  // It counts only when it is on disk.
  handles.datasync = async function datasync(this: FileHandle): Promise<void> {
    await sync.call(this);
    waiting.get(this)?.();
    waiting.delete(this);
  };
  const { rename } = fs;
  fs.rename = async (from, to) => {
    const { begun, done } = on('rename', String(from));
    const renaming = rename(from, to);
    begun();
    await renaming;
    done();
  };
  syncBuiltinESMExports();
}
