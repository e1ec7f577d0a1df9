import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test, vi } from 'vitest';
import { createNews, createScreen } from './screen.ts';

const lost = (port: number) =>
  JSON.stringify({ level: 'warn', msg: 'connection lost', error: `connect ECONNREFUSED 127.0.0.1:${port}` });

test('what several services say of one event is shown once, and again only after a minute', () => {
  let time = 0;
  const isNews = createNews(() => time);
  expect([lost(1), lost(22), '{"level":"warn","msg":"another"}', lost(1)].map(isNews)).toEqual([
    true,
    false,
    true,
    false,
  ]);
  const inOtherWords = lost(3).replace('connection lost', 'queue error');
  expect(isNews(inOtherWords)).toBe(false);
  time = 60_001;
  expect(isNews(lost(1))).toBe(true);
});

test('their files keep every line, and --verbose shows them all', () => {
  const logFolder = mkdtempSync(path.join(tmpdir(), 'dragoman-screen-'));
  for (const [verbose, times] of [
    [false, 1],
    [true, 2],
  ] as const) {
    let shown = '';
    const screen = createScreen({ verbose, logFolder, write: (text) => (shown += text) });
    for (const name of ['worker', 'api']) {
      using log = screen.serviceLog(name);
      log.line(lost(1));
    }
    expect(shown.match(/connection lost/g)).toHaveLength(times);
  }
  rmSync(logFolder, { recursive: true, force: true });
});

test('the last line of a process that ends is left to who tells of its end', () => {
  const logFolder = mkdtempSync(path.join(tmpdir(), 'dragoman-screen-'));
  let shown = '';
  using log = createScreen({ verbose: false, logFolder, write: (text) => (shown += text) }).serviceLog('worker');
  log.line('{"level":"error","msg":"first"}');
  log.line('{"level":"fatal","msg":"cannot go on"}');
  // In CI the line has colours.
  expect(stripVTControlCharacters(shown)).toMatch(/first\n$/);
  rmSync(logFolder, { recursive: true, force: true });
});

test('a step that takes long says what it waits for, as soon as that is known', () => {
  vi.useFakeTimers();
  try {
    let shown = '';
    let why = '';
    const screen = createScreen({ verbose: false, logFolder: tmpdir(), write: (text) => (shown += text) });
    const step = screen.step('worker', () => why);
    vi.advanceTimersByTime(5_000);
    why = 'model: connect ECONNREFUSED';
    vi.advanceTimersByTime(5_000);
    step.end();
    expect(stripVTControlCharacters(shown).trimEnd().split('\n')).toEqual([
      '… worker: still at it after 5.0 s',
      '… worker: still at it after 10.0 s; model: connect ECONNREFUSED',
    ]);
  } finally {
    vi.useRealTimers();
  }
});
