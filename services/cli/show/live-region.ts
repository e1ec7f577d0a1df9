import type { Output } from '../terminal.ts';
import { displayWidth } from './markdown.ts';

/** The last lines of a terminal, which are drawn again and again while something goes on. */
export interface LiveRegion {
  /** Replaces what is shown; cut to what fits on the screen. */
  show(lines: string[]): void;
  /** Prints text for good, above the region. */
  print(text: string): void;
  clear(): void;
}

const mostRows = 12;

/** Where no person watches, nothing is drawn and only `print` counts. */
export function createLiveRegion(output: Output): LiveRegion {
  let rows = 0;
  let shown: string[] = [];

  function erase(): string {
    if (rows === 0) return '';
    const up = rows > 1 ? `\u001B[${rows - 1}A` : '';
    rows = 0;
    return `\r${up}\u001B[J`;
  }

  function draw(lines: string[]): string {
    const fitting: string[] = [];
    let height = 0;
    // The newest lines are the last ones: what does not fit is cut off at the top.
    for (const line of lines.toReversed()) {
      const lineRows = Math.max(1, Math.ceil(displayWidth(line) / output.columns));
      if (height + lineRows > mostRows) break;
      height += lineRows;
      fitting.unshift(line);
    }
    rows = height;
    return fitting.join('\n');
  }

  return {
    show(lines) {
      if (!output.isTTY) return;
      shown = lines;
      output.write(erase() + draw(lines));
    },
    print(text) {
      const line = text.endsWith('\n') ? text : `${text}\n`;
      output.write(output.isTTY ? erase() + line + draw(shown) : line);
    },
    clear() {
      shown = [];
      output.write(erase());
    },
  };
}
