import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { ToolCall } from '#shared/run/journal-entries.ts';
import { argumentsText, readArguments } from './arguments-text.ts';
import type { CallPiece } from './call-piece.ts';
import { meantName } from './meant-name.ts';

interface OpenCall {
  index: number | undefined;
  id: string;
  name: string;
  /** The arguments as they came. */
  pieces: string[];
  /** What the first `of` pieces were found to make. */
  known?: { of: number; args: string | undefined };
  extra: Record<string, unknown> | undefined;
}

/** How many ends are tried for the first whole among pieces that together make none. */
const maxTries = 50;

/**
 * Puts the pieces of streamed tool calls together. In OpenAI's format the pieces of a call share an `index`, and only
 * the first has id and name. Providers also send no index, one index for all calls, a new id or the name again with
 * each piece, whole calls in one piece, and whole calls once more after their pieces. So an index or an id is a hint;
 * what decides is whether the arguments that are there are whole already.
 */
export class ToolCallParts {
  private readonly calls: OpenCall[] = [];
  private readonly offered: readonly string[];

  /** `offered`: the names of the tools that may be meant. */
  constructor(offered: readonly string[] = []) {
    this.offered = offered;
  }

  add(piece: CallPiece): void {
    const call = this.find(piece) ?? this.begin(piece);
    if (call.id === '') call.id = piece.id;
    call.name = this.joinedName(call, piece.name);
    if (piece.extra) call.extra = { ...call.extra, ...piece.extra };
    if (piece.arguments !== undefined && piece.arguments !== '') {
      call.pieces.push(typeof piece.arguments === 'string' ? piece.arguments : JSON.stringify(piece.arguments));
    }
  }

  /** True when this very call is there: a server that reads calls out of the text may leave them in it as well. */
  has({ name, arguments: args }: CallPiece): boolean {
    return this.calls.some((call) => this.sameTool(call.name, name) && argumentsOf(call) === argumentsText(args));
  }

  /** True when no call's arguments are cut off: they are whole, or empty for a tool without arguments. */
  get whole(): boolean {
    return this.calls.every((call) => call.pieces.length === 0 || isWhole(call));
  }

  /** Takes out the calls whose arguments have not come whole, in an answer that was cut off; returns how many. */
  dropUnfinished(): number {
    const unfinished = this.calls.filter((call) => !isWhole(call));
    for (const call of unfinished) this.calls.splice(this.calls.indexOf(call), 1);
    return unfinished.length;
  }

  /** The calls in their order. Ids are the provider's, or made up where it sent none or sent one twice. */
  finish(): ToolCall[] {
    const ids = new Set<string>();
    return this.calls
      .filter((call) => call.name.trim() !== '' || call.pieces.length > 0)
      .flatMap((call) => unpacked(call))
      .map(({ name, args, id: given, extra }) => {
        const id = given === '' || ids.has(given) ? newCallId() : given;
        ids.add(id);
        // A call without a name is answered like one of an unknown tool; an empty name would be refused when echoed.
        return {
          id,
          name: meantName(this.offered, name) ?? (name.trim() || 'unnamed_tool'),
          arguments: args,
          ...(extra && JSON.stringify(extra).length < maxExtra && { extra }),
        };
      });
  }

  private begin({ index, id }: CallPiece): OpenCall {
    const call = { index, id, name: '', pieces: [], extra: undefined };
    this.calls.push(call);
    return call;
  }

  /** The call that a piece goes on with; undefined when it begins a new one. */
  private find(piece: CallPiece): OpenCall | undefined {
    const { index, id, name } = piece;
    const byIndex = index === undefined ? undefined : this.calls.findLast((call) => call.index === index);
    const byId = id === '' ? undefined : this.calls.findLast((call) => call.id === id);
    if (byIndex) return this.goesOn(byIndex, piece) ? byIndex : undefined;
    if (byId) return (index === undefined || !isWhole(byId)) && this.goesOn(byId, piece) ? byId : undefined;
    if (index !== undefined) return undefined;
    const last = this.calls.at(-1);
    if (!last || (id !== '' && name !== '' && last.pieces.length === 0)) return undefined;
    return this.goesOn(last, piece) ? last : undefined;
  }

  private goesOn(call: OpenCall, piece: CallPiece): boolean {
    const otherId = piece.id !== '' && call.id !== '' && piece.id !== call.id;
    if (piece.name === '' && !otherId) return true;
    if (call.pieces.length === 0) return this.sameName(call.name, piece.name);
    if (!isWhole(call)) return piece.name === '' || this.sameTool(call.name, piece.name);
    // The call is whole: what follows is the same once more, the real arguments after an empty object, or another call.
    return !otherId && this.sameTool(call.name, piece.name) && repeats(call, piece.arguments);
  }

  /** Whether a name may go on with one whose arguments have not begun: it is the same, or its next piece. */
  private sameName(name: string, next: string): boolean {
    if (next === '' || name === '' || this.sameTool(name, next)) return true;
    return !this.isOffered(name) || !this.isOffered(next);
  }

  private sameTool(name: string, other: string): boolean {
    return name === other || (this.isOffered(name) && meantName(this.offered, name) === meantName(this.offered, other));
  }

  private isOffered(name: string): boolean {
    return meantName(this.offered, name) !== undefined;
  }

  /** A name may come in pieces, before the arguments; a name that comes again is the same name. */
  private joinedName(call: OpenCall, next: string): string {
    const { name } = call;
    if (next === '' || name === '' || call.pieces.length > 0) return name || next;
    return next.startsWith(name) || this.sameTool(name, next) ? next : name + next;
  }
}

const maxExtra = 200_000;

/** Nine letters and digits: Mistral takes no other ids, and everybody else takes these. */
function newCallId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 9);
}

/** Whether arguments say again what the call has, or fill in what was an empty object. */
function repeats(call: OpenCall, again: unknown): boolean {
  if (again === undefined || again === '') return true;
  const known = argumentsOf(call);
  if (known === undefined || known === '{}') return true;
  const value = readArguments(typeof again === 'string' ? again : JSON.stringify(again));
  return isDeepStrictEqual(value, JSON.parse(known));
}

function isWhole(call: OpenCall): boolean {
  return call.pieces.length > 0 && argumentsOf(call) !== undefined;
}

const lastOfWhole = /[}\]"'`>|｜]\s*$/;

/**
 * The arguments, if the pieces make a whole: all together; or the last where each holds all so far; or what comes after
 * the first whole, which is the same once more, or the real arguments after an empty object.
 */
function argumentsOf(call: OpenCall): string | undefined {
  const { pieces, known } = call;
  if (known?.of === pieces.length) return known.args;
  // Most pieces end in the middle, which their last character tells; reading all of them each time would take too long.
  const args = pieces.length === 1 || lastOfWhole.test(pieces.at(-1) ?? '') ? wholeOf(pieces) : undefined;
  call.known = { of: pieces.length, args };
  return args;
}

function wholeOf(pieces: readonly string[]): string | undefined {
  const all = wholeText(pieces.join(''));
  if (all !== undefined || pieces.length < 2) return all;
  if (pieces.every((piece, at) => at === 0 || piece.startsWith(pieces[at - 1] ?? '')))
    return wholeText(pieces.at(-1) ?? '');
  // A beginning of an object is never an object, so where one is whole, what follows is another telling of it.
  const ends = pieces.flatMap((piece, at) => (lastOfWhole.test(piece) ? [at + 1] : [])).slice(0, maxTries);
  for (const end of ends) {
    const first = wholeText(pieces.slice(0, end).join(''));
    if (first === undefined) continue;
    return wholeText(pieces.slice(end).join('')) ?? (first === '{}' ? undefined : first);
  }
  return undefined;
}

function wholeText(text: string): string | undefined {
  const value = text.trim() === '' ? undefined : readArguments(text);
  return value && JSON.stringify(value);
}

interface Unpacked extends Pick<OpenCall, 'id' | 'name' | 'extra'> {
  args: string;
}

/** OpenAI's models sometimes call several tools through one that does not exist, `multi_tool_use.parallel`. */
function unpacked(call: OpenCall): Unpacked[] {
  const args = argumentsOf(call) ?? argumentsText(call.pieces.join(''));
  const { id, name, extra } = call;
  const inner = name.endsWith('multi_tool_use.parallel') ? readArguments(args)?.['tool_uses'] : undefined;
  if (!Array.isArray(inner)) return [{ id, name, args, extra }];
  return inner.map((each: { recipient_name?: unknown; parameters?: unknown } | null) => ({
    id: '',
    name: typeof each?.recipient_name === 'string' ? each.recipient_name : '',
    args: argumentsText(each?.parameters ?? {}),
    extra: undefined,
  }));
}
