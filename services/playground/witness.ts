import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { World } from './state/world.ts';
import { userOf } from './state/world.ts';

export interface WitnessLine {
  at: number;
  event: 'create' | 'edit' | 'delete';
  id: string;
  channel: string;
  author?: string;
  content?: string;
  nonce?: string | number;
  replyTo?: string;
}

/**
 * Appends what bots store to a file, on disk before the bot gets its answer. Fault tests rely on this record, because
 * it outlives the playground and every other process.
 */
export function startWitness(world: World, file: string): Disposable {
  const fd = openSync(file, 'a');
  const write = (line: WitnessLine) => {
    writeSync(fd, `${JSON.stringify(line)}\n`);
    fsyncSync(fd);
  };
  const unsubscribe = world.subscribe(({ t, d, message }) => {
    const at = world.clock.now();
    if (t === 'MESSAGE_DELETE') write({ at, event: 'delete', id: String(d['id']), channel: String(d['channel_id']) });
    if (!message || !userOf(world, message.author_id).bot) return;
    if (t !== 'MESSAGE_CREATE' && t !== 'MESSAGE_UPDATE') return;
    write({
      at,
      event: t === 'MESSAGE_CREATE' ? 'create' : 'edit',
      id: message.id,
      channel: message.channel_id,
      author: message.author_id,
      content: message.content,
      ...(message.nonce !== undefined && { nonce: message.nonce }),
      ...(message.message_reference && { replyTo: message.message_reference.message_id }),
    });
  });
  return {
    [Symbol.dispose]() {
      unsubscribe();
      closeSync(fd);
    },
  };
}
