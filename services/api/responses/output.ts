import type { Item } from './items.ts';

/** An event of a response's stream, as the protocol has it. */
export interface ResponseEvent {
  type: string;
  sequence_number: number;
  [member: string]: unknown;
}

/** What a response puts out: numbered events, and the items that they tell of. */
export interface Output {
  emit(event: { type: string; [member: string]: unknown }): void;
  /** Begins an item. Returns its place. */
  add(item: Item): number;
  /** Completes an item. `members`: what has changed of it. */
  done(index: number, members: Partial<Item>): void;
  /** Leaves a completed item out of the response as a whole: it was begun anew. */
  drop(index: number): void;
  items(): Item[];
  /** The events since this was last asked. */
  taken(): ResponseEvent[];
}

export function createOutput(): Output {
  const items: { item: Item; dropped: boolean }[] = [];
  let events: ResponseEvent[] = [];
  let next = 0;

  function emit({ type, ...rest }: { type: string; [member: string]: unknown }): void {
    events.push({ type, sequence_number: next, ...rest });
    next += 1;
  }

  return {
    emit,
    add(item) {
      items.push({ item, dropped: false });
      emit({ type: 'response.output_item.added', output_index: items.length - 1, item: { ...item } });
      return items.length - 1;
    },
    done(index, members) {
      const known = items[index];
      if (!known) throw new Error('an item is completed after it was begun');
      known.item = { ...known.item, ...members };
      emit({ type: 'response.output_item.done', output_index: index, item: known.item });
    },
    drop(index) {
      const known = items[index];
      if (known) known.dropped = true;
    },
    items: () => items.filter(({ dropped }) => !dropped).map(({ item }) => item),
    taken() {
      const fresh = events;
      events = [];
      return fresh;
    },
  };
}
