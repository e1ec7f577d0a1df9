const open = /^\s*<(think|thinking)>/i;
const couldOpen = /^\s*(?:<(?:t(?:h(?:i(?:n(?:k(?:i(?:n(?:g)?)?)?)?)?)?)?)?)?$/i;

/**
 * Drops the reasoning that some open models put before their answer as `<think>…</think>`. It does so only at the
 * beginning: later on the words may belong to the answer.
 */
export class ThinkTags {
  private state: 'start' | 'thinking' | 'gap' | 'text' = 'start';
  private held = '';
  private closing = '';

  /** Returns the part of `piece` that is not reasoning; what may still become a tag is held back. */
  push(piece: string): string {
    if (this.state === 'text') return piece;
    this.held += piece;
    if (this.state === 'gap') return this.skipGap();
    if (this.state === 'start') {
      const tag = open.exec(this.held);
      if (tag) {
        this.state = 'thinking';
        this.closing = `</${tag[1]!.toLowerCase()}>`;
        this.held = this.held.slice(tag[0].length);
      } else if (couldOpen.test(this.held)) return '';
      else return this.release();
    }
    return this.dropThought();
  }

  /** Returns what is still held back at the end of the answer. An unfinished thought is dropped. */
  end(): string {
    return this.state === 'start' ? this.release() : '';
  }

  private dropThought(): string {
    const end = this.held.toLowerCase().indexOf(this.closing);
    if (end < 0) {
      // Only the last characters can begin the closing tag.
      this.held = this.held.slice(-this.closing.length);
      return '';
    }
    this.held = this.held.slice(end + this.closing.length);
    return this.skipGap();
  }

  /** Skips the blank lines between thought and answer. */
  private skipGap(): string {
    this.state = 'gap';
    this.held = this.held.trimStart();
    return this.held === '' ? '' : this.release();
  }

  private release(): string {
    this.state = 'text';
    const text = this.held;
    this.held = '';
    return text;
  }
}
