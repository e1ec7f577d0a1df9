import { expect, test } from 'vitest';
import { chatRequest } from './request.ts';
import { nextTurn } from './turn.ts';

test('a conversation that is to be condensed becomes notes on what was asked, with the notes before', () => {
  const wish = 'You condense the earlier part of a conversation between people and an assistant.';
  const said =
    'The notes so far:\n- Asked: how many customers?\n\nWhat was said then:\n\nAda: which tables?\n\nAssistant: three:\n\n- **a**: lines of b\n\n-# Read by rules as: tables.\n(list_tables {"a": 1})\n\nAda: and views?';
  const messages = [
    { role: 'system', content: wish },
    { role: 'user', content: said },
  ];
  expect(nextTurn(chatRequest.parse({ messages }))).toEqual({
    text: '- Asked: how many customers?\n- Asked: which tables?\n- Asked: and views?',
  });
});
