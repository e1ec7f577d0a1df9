import { askInDiscord } from './discord.ts';
import { compose, load, until } from './stack.ts';

export interface Pending {
  runId: string;
  request: { approval: string; tool: string };
}

/** Approvals that wait for a human, as the cli lists them. */
export async function pendingApprovals(): Promise<Pending[]> {
  const done = await compose(['run', '--rm', '-T', 'cli', 'approvals', 'list', '--json']);
  return JSON.parse(done.stdout) as Pending[];
}

export async function allow(pending: Pending | undefined): Promise<void> {
  await compose(['run', '--rm', '-T', 'cli', 'approvals', 'allow', pending?.request.approval ?? '']);
}

let round = 0;

/**
 * Makes some of everything that dashboards show: answers, a failed run, a failed tool call, an approval, a Discord
 * message.
 */
export async function makeActivity(): Promise<void> {
  round += 1;
  await load({ name: `fine-${round}`, runs: 10 });
  await load({ name: `fail-${round}`, runs: 1, text: 'fail {}' });
  await load({ name: `broken-${round}`, runs: 1, text: 'broken {}' });
  await load({ name: `asked-${round}`, runs: 1, text: 'write {}', submit: true });
  await until('the run waits for a yes', async () => (await pendingApprovals()).length > 0);
  for (const pending of await pendingApprovals()) await allow(pending);
  await askInDiscord('Which tables are in the database?', 'order_items');
}
