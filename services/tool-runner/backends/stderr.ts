import type { Readable } from 'node:stream';
import { childSaid, childSaidMore } from '../events.ts';
import { plainText } from './text.ts';

const linesPerSecond = 20;
const lineMax = 1_000;

/** Logs what a child prints on stderr, at most some lines a second: a flood must neither fill memory nor the log. */
export function relayStderr(server: string, stderr: Readable): void {
  let rest = '';
  let second = 0;
  let lines = 0;

  function say(line: string): void {
    const now = Math.floor(Date.now() / 1_000);
    if (now !== second) {
      if (lines > linesPerSecond) childSaidMore(server, lines - linesPerSecond);
      second = now;
      lines = 0;
    }
    lines += 1;
    if (lines <= linesPerSecond) childSaid(server, plainText(line, lineMax));
  }

  stderr.setEncoding('utf8');
  stderr.on('error', () => undefined);
  stderr.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = (parts.pop() ?? '').slice(0, lineMax + 1);
    for (const line of parts) if (line.trim() !== '') say(line);
  });
  stderr.on('end', () => {
    if (rest.trim() !== '') say(rest);
  });
}
