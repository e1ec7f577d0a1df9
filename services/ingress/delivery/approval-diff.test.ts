import { expect, test } from 'vitest';
import { approvalCard } from './approval-card.ts';
import { speak } from '../language/say.ts';

const cardOf = (args: object) => {
  const requested = {
    type: 'approval.requested' as const,
    approval: '0-0',
    step: 0,
    call: 0,
    tool: 'edit_file',
    arguments: JSON.stringify(args),
    argumentsHash: 'x',
    kind: 'policy' as const,
    expiresAt: 0,
  };
  return approvalCard(speak('en'), 'run', '1', { requested }, false, true);
};

test('edits of a file are shown as a diff', () => {
  const { content } = cardOf({ path: 'a.md', edits: [{ old_text: 'one', new_text: 'two' }] });
  expect(content).toContain('```diff\npath: "a.md"\n@@ edit 1 of 1 @@\n-one\n+two\n```');
});

test('edits that are too long for the card come as a file, whole', () => {
  const { content, files } = cardOf({ path: 'a.md', edits: [{ old_text: 'o'.repeat(3_000), new_text: 'two' }] });
  expect(content).toContain('```diff');
  expect(files?.map(({ name }) => name)).toEqual(['arguments.diff']);
  expect(String(files?.[0]?.data)).toContain(`-${'o'.repeat(3_000)}\n+two`);
});

test('other arguments are shown as JSON', () => {
  expect(cardOf({ path: 'a.md' }).content).toContain('```json\n{\n  "path": "a.md"\n}\n```');
});
