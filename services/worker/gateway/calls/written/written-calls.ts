import { CodeState } from '#services/worker/gateway/thoughts/code-state.ts';
import { meantName } from '../meant-name.ts';
import { isUnfinished } from '../relaxed-json.ts';
import { bareCalls, mayBeBare } from './bare-calls.ts';
import { nameIn, readBlock } from './read-block.ts';
import { firstOpen, heldBack, plainMarks, saidAfter, type Way } from './ways.ts';
import type { WrittenCall } from './written-call.ts';

/** The name given to a call whose own name could not be read; the model is told that there is no such tool. */
export const unreadableCall = 'unreadable_tool_call';

export interface WrittenReading {
  text: string;
  calls: WrittenCall[];
}

/**
 * Takes the tool calls out that models write into their text, in the ways in which they were trained. Text that only
 * quotes such calls stays text: in code, in the middle of a sentence, or of tools that are not offered.
 */
export class WrittenCalls {
  private readonly offered: readonly string[];
  private readonly asked: boolean;
  private held = '';
  private readonly code = new CodeState();
  private atBeginning = true;
  /** True from the first mark on: what follows is read when all of it is there. */
  private holding = false;

  /** `asked`: the model was told to write its calls so; then a block is a call though its name is not known. */
  constructor(offered: readonly string[], asked: boolean) {
    this.offered = offered;
    this.asked = asked;
  }

  /** Returns the text that may be shown already. */
  push(piece: string): string {
    if (this.offered.length === 0 && !this.asked) return piece;
    this.held += piece;
    if (this.holding || (this.atBeginning && mayBeBare(this.held))) return '';
    return this.pass();
  }

  end(): WrittenReading {
    const { held } = this;
    this.held = '';
    if (this.holding) return this.readBlocks(held);
    const bare = this.atBeginning && this.offered.length > 0 ? bareCalls(held, this.offered) : undefined;
    if (bare) return { text: '', calls: bare };
    this.held = held;
    const text = this.pass(true);
    const rest = this.held;
    this.held = '';
    const { text: last, calls } = this.holding ? this.readBlocks(rest) : { text: rest, calls: [] };
    return { text: text + last, calls };
  }

  private pass(all = false): string {
    let text = '';
    for (let open = firstOpen(plainMarks(this.held)); open; open = firstOpen(plainMarks(this.held))) {
      const before = this.held.slice(0, open.at);
      text += this.show(before.trimEnd());
      this.held = this.held.slice(before.trimEnd().length);
      const gap = before.slice(before.trimEnd().length);
      if (mayCount(open.way, after(this.code, gap)) || this.asked) {
        this.holding = true;
        return text;
      }
      const passed = gap.length + open.opened.length;
      text += this.show(this.held.slice(0, passed));
      this.held = this.held.slice(passed);
    }
    const ready = all ? this.held : this.held.slice(0, this.held.length - heldBack(this.held));
    this.held = this.held.slice(ready.length);
    return text + this.show(ready);
  }

  private show(text: string): string {
    if (text.trim() !== '') this.atBeginning = false;
    this.code.take(text);
    return text;
  }

  /** Reads the rest of the answer, which begins with a mark. */
  private readBlocks(text: string): WrittenReading {
    const blocks = this.blocksIn(text);
    const calls: WrittenCall[] = [];
    const said: string[] = [];
    let from = 0;
    for (const [at, block] of blocks.entries()) {
      const last = endsAnswer(blocks, at, text);
      if (!block.calls || !isMeant(block, last, this.asked)) continue;
      calls.push(...block.calls);
      const before = text.slice(from, block.from);
      said.push(block.inCode ? before.replace(fenceBegins, '') : before);
      from = block.to + (block.inCode ? (fenceEnds.exec(text.slice(block.to))?.[0].length ?? 0) : 0);
    }
    if (calls.length === 0) return { text, calls };
    // Blank lines around a block belong to it; text after a block begins a paragraph of its own.
    const parts = [...said, saidAfter(text.slice(from))].map((part) => part.trim()).filter((part) => part !== '');
    const gap = !this.atBeginning && parts.length > 0 ? '\n\n' : '';
    return { text: gap + parts.join('\n\n'), calls };
  }

  private blocksIn(text: string): Block[] {
    const plain = plainMarks(text);
    const code = after(this.code, '');
    const blocks: Block[] = [];
    for (let at = 0, open = firstOpen(plain); open; open = firstOpen(plain, at)) {
      code.take(text.slice(at, open.at));
      const inside = open.at + open.opened.length;
      const close = open.way.close(open.opened).exec(plain.slice(inside));
      const end = close ? inside + close.index : text.length;
      const to = close ? end + close[0].length : text.length;
      const calls = this.callsIn(open.opened, plain.slice(inside, end), end < text.length);
      blocks.push({
        from: open.at,
        to,
        way: open.way,
        inCode: code.inCode,
        calls,
        afterSentence: code.atLineStart || /[.!?…。]\s*$/.test(code.current),
        ownLines: code.atLineStart && /^[ \t]*(?:\n|$|<)/.test(text.slice(to)),
      });
      code.take(text.slice(open.at, to));
      at = to;
    }
    return blocks;
  }

  /** The calls of a block, if they name offered tools. */
  private callsIn(opened: string, content: string, closed: boolean): WrittenCall[] | undefined {
    const calls = readBlock(opened, content);
    if (calls && (this.asked || calls.every(({ name }) => this.isOffered(name)))) return calls;
    if (calls) return undefined;
    const name = nameIn(content);
    if (!closed && !this.asked && !isUnfinished(content)) return undefined;
    // The raw text becomes the arguments: checking them tells the model what was wrong.
    if (name !== undefined && this.isOffered(name)) return [{ name, arguments: content.trim() }];
    return this.asked ? [{ name: name ?? unreadableCall, arguments: content.trim() }] : undefined;
  }

  private isOffered(name: string): boolean {
    return meantName(this.offered, name) !== undefined;
  }
}

interface Block {
  from: number;
  to: number;
  way: Way;
  inCode: boolean;
  ownLines: boolean;
  afterSentence: boolean;
  calls: WrittenCall[] | undefined;
}

/** Whether a mark at this place may be one. */
function mayCount({ kind }: Way, code: CodeState): boolean {
  return !code.inCode && (kind !== 'fence' || code.atLineStart);
}

function isMeant({ way, inCode, ownLines, afterSentence }: Block, last: boolean, asked: boolean): boolean {
  if (inCode) return asked && last;
  return asked || way.kind === 'token' || (last && afterSentence) || (way.kind === 'tag' && ownLines);
}

/** Whether nothing but further blocks follows a block. */
function endsAnswer(blocks: Block[], at: number, text: string): boolean {
  return blocks.slice(at).every((block, index) => {
    const rest = text.slice(block.to, blocks[at + index + 1]?.from ?? text.length);
    return saidAfter(block.inCode ? rest.replace(fenceEnds, '') : rest).trim() === '';
  });
}

/** The code fence that models which were asked for blocks put around them. */
const fenceBegins = /(?:^|\n)[ \t]*`{3,}\w*\s*$/;
const fenceEnds = /^\s*`{3,}[ \t]*(?=\n|$)/;

function after(code: CodeState, text: string): CodeState {
  const next = code.copy();
  next.take(text);
  return next;
}
