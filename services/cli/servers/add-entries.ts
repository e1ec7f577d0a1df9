import { paint } from '#shared/ground/paint.ts';
import { readEntry, type ServerEntry } from '#shared/servers/entry.ts';
import { serverNames } from '#shared/servers/names.ts';
import type { Terminal } from '../terminal.ts';
import { insertProperty } from './edit-text.ts';
import { openServerFile, replaceFile } from './open-file.ts';
import { plainSecrets } from './secrets.ts';

/** An entry to add, as somebody has written it. */
export interface NewEntry {
  written: string;
  raw: Record<string, unknown>;
}

export interface Added {
  name: string;
  /** The entry as it now stands in the list. */
  raw: Record<string, unknown>;
}

/**
 * Adds entries to the list in one step, in our own words. Tells for each its name, what of it is not used, and which
 * secrets stand in it. Returns the added entries, and why the others were not added.
 */
export function addEntries(terminal: Terminal, file: string, found: NewEntry[]): { added: Added[]; refused: string[] } {
  const open = openServerFile(file);
  const names = serverNames(found.map(({ written }) => written));
  const taken = new Set(open.names.values());
  const added: Added[] = [];
  const refused: string[] = [];
  let { text } = open;
  for (const { written, raw } of found) {
    const name = names.get(written) ?? written;
    const { enabled, disabled, ...rest } = raw;
    const { entry, problem, notes } = readEntry(rest);
    if (taken.has(name)) {
      refused.push(
        `${file} has a server ${name} already. Take it out first (npx dragoman servers remove ${name}), or choose another name.`,
      );
    } else if (!entry) {
      refused.push(`${written}: ${problem}`);
    } else {
      const kept = { ...plainly(entry), ...((disabled === true || enabled === false) && { disabled: true }) };
      text = insertProperty(text, open.listPath, name, kept);
      taken.add(name);
      added.push({ name, raw: kept });
      tell(terminal, file, { name, written, entry, notes });
    }
  }
  if (added.length > 0) replaceFile(open, text);
  return { added, refused };
}

/** An entry without the values that are defaults anyway. */
function plainly(entry: ServerEntry): Record<string, unknown> {
  const { disabled: _, trustAnnotations, ...rest } = entry;
  const said = Object.entries(rest).filter(
    ([, value]) => value !== undefined && (typeof value !== 'object' || Object.keys(value).length > 0),
  );
  return { ...Object.fromEntries(said), ...(trustAnnotations && { trustAnnotations }) };
}

function tell(
  terminal: Terminal,
  file: string,
  { name, written, entry, notes }: { name: string; written: string; entry: ServerEntry; notes: string[] },
): void {
  terminal.out.write(`Added ${name} to ${file}${name === written ? '' : ` (it was "${written}")`}.\n`);
  for (const note of notes) terminal.err.write(`  ${note}\n`);
  for (const { where, variable, instead } of plainSecrets(name, entry)) {
    terminal.err.write(
      `${paint.yellow('!')} ${where} looks like a secret, and whoever may read ${file} can read it. ` +
        `Better: ${variable}=… in .env, and ${instead} in the list.\n`,
    );
  }
}
