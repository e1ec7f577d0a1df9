import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { OperatorError } from '#shared/ground/errors.ts';
import { projectRoot } from '../stack-file.ts';

/** The file of settings that `npm start` reads. */
export const envFile = path.join(projectRoot, '.env');

/** What the file sets; nothing when it is not there. Throws OperatorError when it is no readable text. */
export function readEnvFile(file = envFile): Record<string, string | undefined> {
  // Node takes an indented comment after an empty line for a name.
  const all = Object.entries(parseEnv(readEnvText(file)));
  return Object.fromEntries(all.filter(([name]) => !name.startsWith('#')));
}

/** The file's text, without the mark with which some editors begin; empty when there is no file. */
export function readEnvText(file: string): string {
  const bytes = readBytes(file);
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) throw new OperatorError('config', `${file} is written in UTF-16: save it as UTF-8, and start again.`);
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return Buffer.alloc(0);
    const why = code === 'EISDIR' ? 'it is a folder' : `it may not be read (${code})`;
    throw new OperatorError('config', `${file} cannot be used: ${why}. Mend that, or remove it, and start again.`);
  }
}

/**
 * Sets variables in the file and takes out those that are undefined; all else in it stays as it is. The file is
 * replaced in one step, and only its owner can read it. Throws OperatorError for a value that no line can hold.
 */
export function keepSettings(settings: Record<string, string | undefined>, file = envFile): void {
  let lines = existsSync(file) ? readFileSync(file, 'utf8').replace(/\n$/, '').split('\n') : [];
  for (const [name, value] of Object.entries(settings)) {
    const sets = (line: string) => new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`).test(line);
    const at = lines.findIndex(sets);
    const line = value === undefined ? [] : [`${name}=${written(value)}`];
    const others = lines.filter((each) => !sets(each));
    // The new line stands where the old one stood.
    others.splice(at === -1 ? others.length : at, 0, ...line);
    lines = others;
  }
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${lines.join('\n')}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}

/** A value as Node and Docker Compose both read it. In single quotes nothing of it means anything else. */
function written(value: string): string {
  if (/^[\w./:@%+,-]*$/.test(value)) return value;
  if (/['\n\r]/.test(value)) throw new OperatorError('setting', 'The value has a quote or a line break in it.');
  return `'${value}'`;
}
