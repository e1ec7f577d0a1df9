import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DiscordApi } from '../discord/api.ts';
import { createTyping } from './typing.ts';

let shown: string[];
const api = {
  typing(channel: string) {
    shown.push(channel);
    return Promise.resolve();
  },
} as DiscordApi;

beforeEach(() => {
  shown = [];
  vi.useFakeTimers();
});

afterEach(() => vi.useRealTimers());

test('is shown at once, refreshed while it lasts, and ends', () => {
  using typing = createTyping(api);
  typing.start('run', 'a');
  expect(shown).toEqual(['a']);
  vi.advanceTimersByTime(8_000);
  expect(shown).toEqual(['a', 'a']);
  typing.stop('run');
  vi.advanceTimersByTime(60_000);
  expect(shown).toEqual(['a', 'a']);
});

test('runs in one channel share it; it lasts as long as one of them', () => {
  using typing = createTyping(api);
  typing.start('one', 'a');
  typing.start('two', 'a');
  typing.stop('one');
  vi.advanceTimersByTime(8_000);
  expect(shown).toEqual(['a', 'a']);
  expect(typing.size).toBe(1);
});

test('is shown anew for the next run after a message has ended Discord’s display', () => {
  using typing = createTyping(api);
  typing.start('one', 'a');
  typing.start('two', 'a');
  typing.interrupted('a');
  typing.start('three', 'a');
  expect(shown).toEqual(['a', 'a']);
});

test('ends by itself when nobody ends it', () => {
  using typing = createTyping(api);
  typing.start('lost', 'a');
  vi.advanceTimersByTime(600_000);
  expect(shown).toHaveLength(15);
  expect(typing.size).toBe(0);
});
