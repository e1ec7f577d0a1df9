/** A cell's look: the numbers of its SGR sequence that a picture shows. */
interface Style {
  bold: boolean;
  dim: boolean;
  colour?: number;
}

interface Cell {
  text: string;
  style: Style;
}

// A control sequence (CSI … letter), one that sets a title (OSC … BEL), a lone escape, or a character.
// eslint-disable-next-line no-control-regex
const TOKEN = /\x1b\[([?>]?[\d;]*)([A-Za-z])|\x1b\][^\x07]*\x07|\x1b[=>78]|[\s\S]/gu;

/** What a terminal shows after these bytes, as lines of HTML; enough of one for what the `dragoman` command writes. */
export function screenHtml(bytes: string, columns: number): string {
  const lines: Cell[][] = [[]];
  let row = 0;
  let column = 0;
  let style: Style = { bold: false, dim: false };
  const put = (text: string) => {
    if (column >= columns) {
      row += 1;
      column = 0;
    }
    const line = (lines[row] ??= []);
    while (line.length < column) line.push({ text: ' ', style: { bold: false, dim: false } });
    line[column] = { text, style };
    column += 1;
  };
  const moves: Record<string, (n: number) => void> = {
    A: (n) => (row = Math.max(0, row - n)),
    B: (n) => (row += n),
    C: (n) => (column += n),
    D: (n) => (column = Math.max(0, column - n)),
    G: (n) => (column = n - 1),
  };
  for (const [token, parameters = '', letter] of bytes.matchAll(TOKEN)) {
    if (letter === 'm') style = styled(style, parameters);
    else if (letter === 'K') (lines[row] ??= []).length = parameters === '2' ? 0 : column;
    else if (letter === 'J') lines.splice(row + 1);
    else if (letter !== undefined) moves[letter]?.(Math.max(1, Number(parameters) || 1));
    else if (token === '\n') {
      row += 1;
      lines[row] ??= [];
    } else if (token === '\r') column = 0;
    else if (token === '\b') column = Math.max(0, column - 1);
    else if (!token.startsWith('\u{1B}') && token >= ' ') put(token);
  }
  return lines
    .map((line) => lineHtml([...line].map((cell) => cell ?? { text: ' ', style: { bold: false, dim: false } })))
    .join('\n')
    .trimEnd();
}

function styled(style: Style, parameters: string): Style {
  let next = style;
  for (const code of (parameters || '0').split(';').map(Number)) {
    if (code === 0) next = { bold: false, dim: false };
    if (code === 1) next = { ...next, bold: true };
    if (code === 2) next = { ...next, dim: true };
    if (code === 22) next = { ...next, bold: false, dim: false };
    if (code === 39) next = { bold: next.bold, dim: next.dim };
    if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) next = { ...next, colour: code };
  }
  return next;
}

function lineHtml(cells: Cell[]): string {
  return cells
    .map(({ text, style: { bold, dim, colour } }) => {
      const classes = [bold && 'bold', dim && 'dim', colour !== undefined && `c${colour}`].filter(Boolean).join(' ');
      const safe = text.replace('&', '&amp;').replace('<', '&lt;');
      return classes === '' ? safe : `<span class="${classes}">${safe}</span>`;
    })
    .join('');
}
