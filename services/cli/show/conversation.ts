import { paint } from '#shared/ground/paint.ts';
import { duration, oneLine } from '../text.ts';
import type { Output } from '../terminal.ts';
import { createLiveRegion } from './live-region.ts';
import { renderMarkdown, settledLength } from './markdown.ts';
import { finishedLine, showEntry, takenOver } from './progress.ts';
import type { TranscriptEvent } from './transcript.ts';

/** Shows a run to a person who chats: growing text, and tool calls with spinner, time and first words of the result. */
export interface ConversationView extends Disposable {
  event(event: TranscriptEvent): void;
  /** Clears the screen for a question to the person, until `resume`. */
  pause(): void;
  resume(): void;
}

interface RunningTool {
  tool: string;
  arguments: string;
  started: number;
  progress: string;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

/** `region` is the live region of the same output, if that shows something else too. */
export function createConversationView(output: Output, region = createLiveRegion(output)): ConversationView {
  const tools = new Map<string, RunningTool>();
  const render = (text: string) =>
    renderMarkdown(text, { colour: output.isTTY, ...(output.isTTY && { columns: output.columns }) });
  let pending = '';
  let frame = 0;
  let paused = false;
  let first = true;

  const timer = setInterval(() => {
    frame += 1;
    draw();
  }, frameMs);
  timer.unref();

  function draw(): void {
    if (paused) return;
    const spinner = paint.cyan(frames[frame % frames.length] ?? '');
    const lines = pending === '' ? [] : render(pending).split('\n');
    for (const { tool, arguments: args, started, progress } of tools.values()) {
      const head = `${tool} ${duration(Date.now() - started)}`;
      const rest = oneLine(progress || args, output.columns - head.length - 4);
      lines.push(`${spinner} ${paint.bold(tool)} ${duration(Date.now() - started)} ${paint.dim(rest)}`);
    }
    if (lines.length === 0) lines.push(`${spinner} ${paint.dim('thinking')}`);
    region.show(lines);
  }

  function block(text: string): void {
    // As in Markdown, an empty line separates blocks.
    region.print(first ? render(text) : `\n${render(text)}`);
    first = false;
  }

  function addText(text: string): void {
    pending += text;
    const settled = settledLength(pending);
    if (settled > 0) {
      const done = pending.slice(0, settled);
      pending = pending.slice(settled);
      if (done.trim() !== '') block(done);
    }
    draw();
  }

  function endText(): void {
    const rest = pending;
    pending = '';
    if (rest.trim() !== '') block(rest);
  }

  function line(text: string): void {
    region.print(text);
    first = false;
  }

  return {
    event(event) {
      switch (event.type) {
        case 'text':
          return addText(event.text);
        case 'text-void':
          pending = '';
          return draw();
        case 'text-end':
          return endText();
        case 'tool-started':
          tools.set(event.key, { tool: event.tool, arguments: event.arguments, started: Date.now(), progress: '' });
          return draw();
        case 'tool-progress': {
          const running = tools.get(event.key);
          if (running) running.progress = event.message;
          return draw();
        }
        case 'tool-finished':
          tools.delete(event.key);
          return line(finishedLine(event.entry, output.columns));
        case 'taken-over':
          return line(takenOver);
        case 'entry':
          return showEntry(event.entry, line);
      }
    },
    pause() {
      paused = true;
      region.clear();
    },
    resume() {
      paused = false;
      draw();
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      endText();
      region.clear();
    },
  };
}
