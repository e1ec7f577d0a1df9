import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createTestTerminal } from '../testing/terminal.ts';
import { createConversationView } from './conversation.ts';

const finished = {
  type: 'tool.finished',
  step: 0,
  call: 0,
  tool: 'look',
  domain: 'd',
  outcome: 'ok',
  content: '<data-0a1b from="look">\nthree rows\n</data-0a1b>',
  durationMs: 1_234,
} as const;

function showAll(person: boolean): string {
  const terminal = createTestTerminal({ person, columns: 60 });
  using view = createConversationView(terminal.out);
  view.event({ type: 'text', text: 'I look **it' });
  view.event({ type: 'text', text: ' up**.' });
  view.event({ type: 'text-end', calls: 1 });
  view.event({ type: 'tool-started', key: '0:0', tool: 'look', arguments: '{"at":"table"}' });
  view.event({ type: 'tool-progress', key: '0:0', message: 'half way' });
  view.event({ type: 'tool-finished', key: '0:0', entry: finished });
  view.event({ type: 'text', text: 'void' });
  view.event({ type: 'text-void' });
  view.event({ type: 'text', text: '# Found\n\n- one\n- two' });
  view.event({ type: 'text-end', calls: 0 });
  view[Symbol.dispose]();
  return terminal.written.out;
}

/** What a screen shows after all that was written to it; it knows the control sequences that the view uses. */
function screen(written: string): string[] {
  const rows = [''];
  let row = 0;
  // oxlint-disable-next-line no-control-regex -- control sequences are what it reads
  for (const [part] of written.matchAll(/\u001B\[(\d*)([A-Za-z])|\r|\n|[^\u001B\r\n]+/g)) {
    // oxlint-disable-next-line no-control-regex -- as above
    const sequence = /^\u001B\[(\d*)([A-Za-z])$/.exec(part);
    if (sequence?.[2] === 'A') row -= Number(sequence[1] || 1);
    else if (sequence?.[2] === 'J') rows.splice(row, rows.length, '');
    else if (part === '\n') rows[(row += 1)] ??= '';
    else if (!sequence && part !== '\r') rows[row] += part;
  }
  return rows;
}

test('to a pipe: blocks and finished calls, nothing drawn twice', () => {
  const out = stripVTControlCharacters(showAll(false));
  expect(out).toBe('I look it up.\n✓ look 1.2 s three rows\n\nFound\n\n• one\n• two\n');
});

test('on a screen the same remains, though spinner and growing text were drawn in between', () => {
  const written = showAll(true);
  expect(written).toContain('half way');
  const remains = screen(written).join('\n').trimEnd();
  expect(remains).toContain('I look it up.\n');
  expect(remains).toContain('look 1.2 s three rows\n\nFound');
  expect(remains.endsWith('• one\n• two')).toBe(true);
  expect(remains).not.toContain('void');
  expect(remains).not.toContain('half way');
  expect(remains).not.toContain('thinking');
});
