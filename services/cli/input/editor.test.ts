import { expect, test } from 'vitest';
import { createEditor } from './editor.ts';

const key = (name: string, more: { ctrl?: boolean; meta?: boolean; sequence?: string } = {}) => ({ name, ...more });

test('Ctrl-D deletes where there is text, and asks to leave where there is none', () => {
  const editor = createEditor();
  expect(editor.press(key('d', { ctrl: true }), '\u0004')).toBe('end');
  editor.insert('ab');
  editor.press(key('home'), undefined);
  expect(editor.press(key('d', { ctrl: true }), '\u0004')).toBeUndefined();
  expect(editor.text).toBe('b');
});

test('the cursor moves and deletes by what a person sees as one character', () => {
  const editor = createEditor();
  editor.insert('a👩‍👩‍👧e\u0301');
  editor.press(key('left'), undefined);
  editor.press(key('backspace'), undefined);
  expect([editor.text, editor.cursor]).toEqual(['ae\u0301', 1]);
});

test('Up and Down go through the lines, then through the history, and come back to what was being written', () => {
  const editor = createEditor(['newest', 'oldest\nof two lines']);
  editor.insert('draft\nof two');
  const walk = (...names: string[]) => {
    for (const name of names) editor.press(key(name), undefined);
    return editor.text;
  };
  expect([walk('up'), editor.cursor]).toEqual(['draft\nof two', 5]);
  expect(walk('up')).toBe('newest');
  expect(walk('up')).toBe('oldest\nof two lines');
  expect(walk('up', 'up', 'up')).toBe('oldest\nof two lines');
  expect(walk('down', 'down', 'down')).toBe('draft\nof two');
});

test.each([
  ['Alt+Enter', key('return', { meta: true, sequence: '\u001B\r' })],
  ['Shift+Enter', key('undefined', { sequence: '\u001B[13;2u' })],
  ['Shift+Enter, the other way', key('undefined', { sequence: '\u001B[27;2;13~' })],
])('%s begins a new line', (_, pressed) => {
  const editor = createEditor();
  editor.insert('a');
  expect(editor.press(pressed, pressed.sequence)).toBeUndefined();
  expect(editor.text).toBe('a\n');
});

test('text that would repaint the screen loses its control characters, and nothing else', () => {
  const editor = createEditor();
  editor.insert('a\u001B[2J\tb\r\nc\u200Dd');
  expect(editor.text).toBe('a[2J\tb\nc\u200Dd');
});
