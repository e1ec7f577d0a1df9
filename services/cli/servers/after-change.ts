import { readStackFile } from '../stack-file.ts';
import type { Terminal } from '../terminal.ts';

/**
 * What follows from a change of the list: the files of the Compose stack are written anew, and the person is told what makes
 * the change count.
 */
export async function afterChange(terminal: Terminal, list: string): Promise<void> {
  // Loads every domain, which no other command needs.
  const { followList } = await import('../stack-files/follow.ts');
  const written = await followList(list);
  if (written.length > 0) {
    terminal.err.write(`Docker Compose: ${written.join(', ')} follow. docker compose up -d makes it count there.\n`);
  }
  if (readStackFile()) terminal.err.write('Stop npm start and start it again: it reads the list when it starts.\n');
}
