import { lstat, open, opendir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '#mcp/kit.ts';
import { refused, shown } from '#mcp/words.ts';

/** Most database files that are looked at. */
const maxDatabases = 200;

const endings = /\.(?:db|db3|sqlite|sqlite3|s3db)$/i;
/** What models call the database when they do not know its name; `main` is what SQLite calls it. */
const noName = /^(?:main|sqlite3?)$/i;
/** What SQLite puts beside a database. */
const companions = /-(?:journal|wal|shm)$/;

/** The database files directly in one folder. */
export interface Databases {
  root: string;
  /**
   * Their names, sorted. Links, files with a second name, folders and hidden files are left out.
   * @throws ToolError when the folder is away
   */
  names(): Promise<string[]>;
  /**
   * The real path of the named file, or of the only one when none is named.
   * @throws ToolError that offers the names when there is no such file, or it must be named
   */
  file(asked: string | undefined): Promise<{ name: string; path: string }>;
}

export function createDatabases(root: string): Databases {
  const names = () => databaseNames(root);
  return {
    root,
    names,
    async file(asked) {
      const all = await names();
      const name = asked === undefined ? onlyOne(all) : chosen(all, asked);
      return { name, path: path.join(await realpath(root), name) };
    },
  };
}

async function databaseNames(root: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of await openFolder(root)) {
    if (found.length === maxDatabases) break;
    if (!entry.isFile() || entry.name.startsWith('.') || companions.test(entry.name)) continue;
    const file = path.join(root, entry.name);
    if ((await hasOneName(file)) && (endings.test(entry.name) || (await hasHeader(file)))) found.push(entry.name);
  }
  return found.toSorted();
}

/**
 * False for a file with a second name, which may lie outside of the folder. SQLite warns of these too: each name has a
 * journal of its own (sqlite.org/howtocorrupt.html, 2.5).
 */
async function hasOneName(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).nlink === 1;
  } catch {
    return false;
  }
}

async function openFolder(root: string): ReturnType<typeof opendir> {
  try {
    return await opendir(root);
  } catch (error) {
    const why = 'The folder of the databases cannot be opened. Tell the user that the operator must check SQLITE_ROOT.';
    throw new ToolError(why, { cause: error });
  }
}

/** The first bytes of every database that is not empty (sqlite.org/fileformat.html). */
const header = Buffer.from('SQLite format 3\0');

async function hasHeader(file: string): Promise<boolean> {
  try {
    // A file that is no regular one by now could block.
    if (!(await lstat(file)).isFile()) return false;
    await using handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(header.length), 0, header.length, 0);
    return bytesRead === header.length && buffer.equals(header);
  } catch {
    return false;
  }
}

function onlyOne(names: readonly string[]): string {
  const [only] = names;
  if (only === undefined)
    throw new ToolError(
      'There is no SQLite database here. Tell the user: the operator puts its file into SQLITE_ROOT.',
    );
  if (names.length > 1) throw new ToolError(`There are several databases: ${listed(names)}. Name one as database.`);
  return only;
}

function chosen(names: readonly string[], asked: string): string {
  if (/[/\\\0:]/.test(asked) || !asked.isWellFormed())
    throw refused(`${shown(asked)} is no name of a database. ${offer(names)}`);
  if (names.includes(asked)) return asked;
  const wanted = asked.toLowerCase();
  const near = names.filter((name) => [name, name.replace(endings, '')].some((each) => each.toLowerCase() === wanted));
  const [only] = near;
  if (only !== undefined && near.length === 1) return only;
  if (noName.test(asked)) return onlyOne(names);
  throw new ToolError(`There is no database ${shown(asked)}. ${offer(names)}`);
}

function offer(names: readonly string[]): string {
  return names.length === 0 ? 'There is none here; tell the user.' : `There is ${listed(names)}.`;
}

export function listed(names: readonly string[]): string {
  const some = names.slice(0, 20).map((name) => shown(name));
  return `${some.join(', ')}${names.length > some.length ? ` and ${names.length - some.length} more` : ''}`;
}
