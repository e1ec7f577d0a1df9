import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { screenHtml } from './screen.ts';

const root = path.resolve(import.meta.dirname, '../..');
const COLUMNS = 88;

/** Runs the terminal's command in a terminal of its own (util-linux' `script`) and returns all that it wrote. */
export async function recordCommand(words: string[], env: Record<string, string>): Promise<string> {
  const quoted = [process.execPath, 'services/cli/main.ts', ...words].map(
    (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  const command = `stty cols ${COLUMNS} rows 50; exec ${quoted.join(' ')} </dev/null`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: root,
    env: { ...process.env, TERM: 'xterm-256color', NO_COLOR: undefined, COLUMNS: String(COLUMNS), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let bytes = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (bytes += text));
  await once(child, 'close');
  return bytes;
}

const STYLE = `
  body { margin: 0; background: #10161a; width: max-content; }
  pre { margin: 0; padding: 16px 20px; color: #d7e0e3; font: 13px/1.4 'DejaVu Sans Mono', monospace; }
  .bold { font-weight: 700; } .dim { opacity: .65; }
  .c31, .c91 { color: #f2796f; } .c32, .c92 { color: #5ccf8a; } .c33, .c93 { color: #ecc48d; }
  .c34, .c94 { color: #82aaff; } .c35, .c95 { color: #c792ea; } .c36, .c96 { color: #2dd4bf; } .c90 { color: #8b98a9; }`;

/** Draws commands and what they wrote as a picture of a terminal. */
export async function pictureOfTerminal(
  browser: Browser,
  commands: { typed: string; wrote: string }[],
  file: string,
): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 900, height: 600 } });
  const body = commands.map(
    ({ typed, wrote }) =>
      `<span class="c32">$</span> <span class="bold">${typed}</span>\n${screenHtml(wrote, COLUMNS)}`,
  );
  await page.setContent(`<style>${STYLE}</style><pre>${body.join('\n\n')}</pre>`);
  await page.locator('pre').screenshot({ path: file });
  await page.close();
}
