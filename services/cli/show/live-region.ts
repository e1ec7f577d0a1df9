import { displayWidth } from '#shared/tables/width.ts';
import type { Output } from '../terminal.ts';

/** Rows that stay below all others, and the cursor's place among them; each row is narrower than the screen. */
export interface Footer {
  rows: string[];
  cursor: { row: number; column: number };
}

/** The last lines of a terminal, which are redrawn again and again while something goes on. */
export interface LiveRegion {
  /** Replaces what is shown; it is cut to what fits on the screen. */
  show(lines: string[]): void;
  /** Prints text for good, above the region. */
  print(text: string): void;
  /** Removes what is shown; the footer stays. */
  clear(): void;
  /** Sets where a person writes; it is asked whenever the region is drawn. Undefined when nobody writes. */
  setFooter(footer: (() => Footer) | undefined): void;
  /** Redraws the region, because the footer has changed. */
  refresh(): void;
}

const mostRows = 12;

/** Where no person watches, nothing is drawn and only `print` has an effect. */
export function createLiveRegion(output: Output): LiveRegion {
  let shown: string[] = [];
  let footer: (() => Footer) | undefined;
  /** Rows between the region's first one and the cursor's; undefined while nothing is drawn. */
  let cursorRow: number | undefined;

  function erase(): string {
    if (cursorRow === undefined) return '';
    const up = cursorRow > 0 ? `\u001B[${cursorRow}A` : '';
    cursorRow = undefined;
    return `\r${up}\u001B[J`;
  }

  function draw(): string {
    const fitting: string[] = [];
    let height = 0;
    // The newest lines are the last ones, so that what does not fit is cut off at the top.
    for (const line of shown.toReversed()) {
      const lineRows = Math.max(1, Math.ceil(displayWidth(line) / output.columns));
      if (height + lineRows > mostRows) break;
      height += lineRows;
      fitting.unshift(line);
    }
    const foot = footer?.();
    const lines = foot ? [...fitting, ...foot.rows] : fitting;
    if (lines.length === 0) return '';
    if (!foot) {
      cursorRow = height - 1;
      return lines.join('\n');
    }
    cursorRow = height + foot.cursor.row;
    const up = foot.rows.length - 1 - foot.cursor.row;
    const right = foot.cursor.column;
    return `${lines.join('\n')}\r${up > 0 ? `\u001B[${up}A` : ''}${right > 0 ? `\u001B[${right}C` : ''}`;
  }

  function refresh(): void {
    if (output.isTTY) output.write(erase() + draw());
  }

  return {
    refresh,
    show(lines) {
      shown = lines;
      refresh();
    },
    print(text) {
      const line = text.endsWith('\n') ? text : `${text}\n`;
      output.write(output.isTTY ? erase() + line + draw() : line);
    },
    clear() {
      shown = [];
      refresh();
    },
    setFooter(next) {
      footer = next;
      refresh();
    },
  };
}
