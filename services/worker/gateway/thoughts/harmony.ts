import { CodeState } from './code-state.ts';

/** A message of the Harmony format: `<|channel|>analysis<|message|>…<|end|>`. */
interface HarmonyMessage {
  header: string;
  body: string;
}

export interface HarmonyReading {
  text: string;
  thought: string;
  /** Calls, by the tool's name as it is written in the message's header. */
  calls: { name: string; arguments: string }[];
}

const beginning = /(?:<\|start\|>\s*(?:assistant\s*)?)?<\|channel\|>|<\|start\|>assistant/;
const longest = '<|start|>assistant<|channel|>'.length;
/** What a server that drops the format's marks leaves of them: `analysis…assistantfinal…`. */
const bare = /^\s*analysis(?=[A-Z"'(])/;

/**
 * Reads the channels that OpenAI's open models write: `final` is the answer, `analysis` a thought, `commentary` with a
 * recipient a call (https://cookbook.openai.com/articles/openai-harmony). Other text passes as it is.
 */
export class Harmony {
  private state: 'start' | 'plain' | 'channels' | 'bare' = 'start';
  private held = '';
  private header: string | undefined;
  private readonly messages: HarmonyMessage[] = [];
  private readonly code = new CodeState();
  private shown = false;

  /** Returns the text that is no part of another channel. */
  push(piece: string): string {
    const text = this.read(piece);
    this.shown ||= text.trim() !== '';
    return text;
  }

  private read(piece: string): string {
    this.held += piece;
    if (this.state === 'start') {
      if (bare.test(this.held)) this.state = 'bare';
      else if (!'analysis'.startsWith(this.held.trim())) this.state = 'plain';
    }
    if (this.state === 'start' || this.state === 'bare') return '';
    return this.state === 'channels' ? this.readChannels() : this.plainText();
  }

  end(): HarmonyReading {
    let text = '';
    if (this.state === 'bare') text = this.readBare();
    else if (this.state === 'channels') {
      text = this.readChannels();
      if (this.header !== undefined) text += this.close(this.header, this.held);
    } else text = this.held;
    this.held = '';
    const calls = this.messages.flatMap(callIn);
    const others = this.messages.filter((message) => callIn(message).length === 0);
    const said = others.filter(({ header }) => !/analysis/.test(header));
    // Where nothing else is said, commentary is what the model has to say.
    if (!this.shown && text.trim() === '' && calls.length === 0) text = said.map(({ body }) => body).join('\n');
    return { text, calls, thought: others.map(({ body }) => body).join('\n') };
  }

  private plainText(): string {
    let text = '';
    for (;;) {
      const found = beginning.exec(this.held);
      if (!found) return text + this.passed(heldBack(this.held));
      const before = this.held.slice(0, found.index);
      this.code.take(before);
      this.held = this.held.slice(found.index);
      if (!this.code.inCode) {
        this.state = 'channels';
        return text + before.replace(/(?:^|\n)assistant\s*$/, '') + this.readChannels();
      }
      this.code.take(found[0]);
      this.held = this.held.slice(found[0].length);
      text += before + found[0];
    }
  }

  private passed(keep: number): string {
    const text = this.held.slice(0, this.held.length - keep);
    this.held = this.held.slice(text.length);
    this.code.take(text);
    return text;
  }

  private readChannels(): string {
    let text = '';
    for (;;) {
      if (this.header === undefined) {
        const at = this.held.indexOf('<|message|>');
        if (at < 0) return text;
        this.header = this.held.slice(0, at);
        this.held = this.held.slice(at + '<|message|>'.length);
      }
      const end = /<\|(?:end|return|call|start|channel)\|>/.exec(this.held);
      if (!end) return text + (isFinal(this.header) ? this.passed(heldBack(this.held)) : '');
      text += this.close(this.header, this.held.slice(0, end.index));
      const opens = end[0] === '<|start|>' || end[0] === '<|channel|>';
      this.held = this.held.slice(end.index + (opens ? 0 : end[0].length));
      this.header = undefined;
    }
  }

  private close(header: string, body: string): string {
    if (isFinal(header)) return body;
    this.messages.push({ header, body });
    return '';
  }

  private readBare(): string {
    const [first = '', ...others] = this.held.split(/assistant(?=final|commentary to=)/);
    if (others.length === 0) return this.held;
    this.messages.push({ header: 'analysis', body: first.replace(bare, '') });
    let text = '';
    for (const part of others) {
      const call = /^commentary (to=\S+?)\s*(?:json|code)?\s*(\{[^]*)$/.exec(part);
      if (call) this.messages.push({ header: call[1] ?? '', body: call[2] ?? '' });
      else if (part.startsWith('final')) text += part.slice('final'.length);
    }
    return text;
  }
}

/** How many characters at the end may begin a mark. */
function heldBack(text: string): number {
  const open = text.lastIndexOf('<');
  if (open < 0 || text.length - open >= longest) return 0;
  return /^<(?:\|\w*\|?(?:>\s*\w*)?)?$/.test(text.slice(open)) ? text.length - open : 0;
}

function isFinal(header: string): boolean {
  return /<\|channel\|>\s*final/.test(header) || !/<\|channel\|>/.test(header);
}

function callIn({ header, body }: HarmonyMessage): HarmonyReading['calls'] {
  const name = /\bto=([^\s<]+)/.exec(header)?.[1];
  return name === undefined ? [] : [{ name, arguments: body }];
}
