/** Follows a text and tells whether its end stands in Markdown code, where marks are quoted and mean nothing. */
export class CodeState {
  private line = '';
  private fence: string | undefined;

  take(text: string): void {
    if (!text.includes('\n')) {
      this.line += text;
      return;
    }
    const [first = '', ...rest] = text.split('\n');
    this.line += first;
    for (const next of rest) {
      this.endLine();
      this.line = next;
    }
  }

  /** Within a fence, in `code` of the present line, or in a line that is indented or quoted. */
  get inCode(): boolean {
    if (this.fence !== undefined || fenceIn(this.line) !== undefined) return true;
    return /^(?: {4}|\t|\s*>)/.test(this.line) || this.line.split('`').length % 2 === 0;
  }

  /** True when nothing but blanks stands before in the line. */
  get atLineStart(): boolean {
    return this.line.trim() === '';
  }

  /** The present line so far. */
  get current(): string {
    return this.line;
  }

  copy(): CodeState {
    const copy = new CodeState();
    copy.line = this.line;
    copy.fence = this.fence;
    return copy;
  }

  private endLine(): void {
    const fence = fenceIn(this.line);
    if (fence === undefined) return;
    if (this.fence === undefined) this.fence = fence;
    else if (fence.startsWith(this.fence)) this.fence = undefined;
  }
}

function fenceIn(line: string): string | undefined {
  return /^[\s>*-]*(`{3,}|~{3,})/.exec(line)?.[1];
}
