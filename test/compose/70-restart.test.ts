import { expect, test } from 'vitest';
import { allow, pendingApprovals } from './activity.ts';
import { compose, load, nodeIn, until } from './stack.ts';

test('a run that waits for a yes survives down and up, and goes on when it comes', async () => {
  await load({ name: 'suspended', runs: 1, text: 'write {}', submit: true });
  await until('the run waits', async () => (await pendingApprovals()).length === 1);
  await compose(['down']);
  await compose(['up', '-d', '--wait', '--wait-timeout', '600']);
  const [waiting] = await pendingApprovals();
  expect(waiting?.request.tool).toBe('write_file');
  await allow(waiting);
  await until('the file is written', async () => {
    const code =
      "import { readFileSync } from 'node:fs'; console.log(readFileSync('/workspace/suspended-0.txt', 'utf8'))";
    return (await nodeIn('tool-runner-filesystem', code)) === 'suspended-0';
  });
});
