import type { Readable } from 'node:stream';
import { redact } from '#shared/process/log.ts';
import { childSaid, childSaidMore } from '../events.ts';
import { plainText } from './text.ts';

const linesPerSecond = 20;
const lineMax = 1_000;

/** Lines that are kept for `complaint`: a program says at once why it cannot start. */
const keptLines = 40;
const complaintMax = 300;

/**
 * Logs what a child prints on stderr, at most some lines a second, because a flood must fill neither memory nor the
 * log. The returned function gives the part that may say why the child has ended, for the operator; empty when it
 * printed nothing.
 */
export function relayStderr(server: string, stderr: Readable): () => string {
  const kept: string[] = [];
  let rest = '';
  let second = 0;
  let lines = 0;

  function say(line: string): void {
    if (kept.length < keptLines) kept.push(line.trim());
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
  return () => complaint(kept);
}

/** The first lines that sound like a reason, or else the last ones. */
function complaint(lines: string[]): string {
  const reasons = lines.filter((line) => /error|cannot|could not|not found|failed|missing|denied|usage/i.test(line));
  const chosen = reasons.length > 0 ? reasons.slice(0, 2) : lines.slice(-2);
  return redact(plainText(chosen.join('; '), complaintMax));
}
