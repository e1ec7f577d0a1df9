/** What happened on a page beside what was asked for, told with the next answer. */
export interface Notes {
  add(sentence: string): void;
  take(): string[];
}

const MOST = 8;

export function createNotes(): Notes {
  const notes: string[] = [];
  let more = 0;
  return {
    add(sentence) {
      if (notes.includes(sentence)) return;
      if (notes.length < MOST) notes.push(sentence);
      else more += 1;
    },
    take() {
      const taken = notes.splice(0);
      if (more > 0) taken.push(`${more} further things like these happened.`);
      more = 0;
      return taken;
    },
  };
}
