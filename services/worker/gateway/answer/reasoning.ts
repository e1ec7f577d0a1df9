import type { Thought } from '#shared/run/journal-entries.ts';
import type { FramePart } from './read-frame.ts';

/** Characters of a thought that are kept, and of the blocks that go back to the provider. */
const maxText = 32_000;
const maxBlocks = 400_000;

type Block = Record<string, unknown>;

/** Gathers what the model thought, apart from its answer: as text for people, and as its provider wants it back. */
export class Reasoning {
  private text = '';
  private field: string | undefined;
  private readonly blocks: Record<string, Block[]> = {};

  add({ whole, thought, thoughtFields }: FramePart): void {
    // A whole message after its pieces says the same once more.
    if (whole && this.text !== '') return;
    this.addText(thought);
    for (const [name, value] of Object.entries(thoughtFields)) {
      if (Array.isArray(value)) for (const block of value) this.addBlock(name, block);
      else this.field = name;
    }
  }

  /** Takes a thought that stood in the text. */
  addText(text: string): void {
    if (this.text.length < maxText) this.text += text;
  }

  get isEmpty(): boolean {
    return this.text === '';
  }

  finish(): Thought | undefined {
    const text = this.text.slice(0, maxText).toWellFormed().trim();
    const has = Object.keys(this.blocks).length > 0 && JSON.stringify(this.blocks).length <= maxBlocks;
    if (text === '' && !has) return undefined;
    return { text, ...(has ? { blocks: this.blocks } : this.field !== undefined && { field: this.field }) };
  }

  /** Pieces of one block come one after the other; its signature ends it. */
  private addBlock(name: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const block = value as Block;
    const list = (this.blocks[name] ??= []);
    const last = list.at(-1);
    const joins = last && last['type'] === block['type'] && (last['index'] ?? 0) === (block['index'] ?? 0);
    if (!joins || last['signature'] || last['data'] !== undefined) {
      list.push({ ...block });
      return;
    }
    for (const [field, part] of Object.entries(block)) {
      const known = last[field];
      const grows =
        ['thinking', 'text', 'summary'].includes(field) && typeof known === 'string' && typeof part === 'string';
      if (grows) last[field] = known + part;
      else if (part !== null && part !== '') last[field] = part;
    }
  }
}
