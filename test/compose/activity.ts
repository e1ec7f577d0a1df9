import { askInDiscord } from './discord.ts';
import { askApi, makeKey, published } from './http-api.ts';
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
let key: string | undefined;

/**
 * Makes some of everything that dashboards show: answers, a failed run, a failed tool call, an approval, a Discord
 * message, an answer over HTTP and a refusal there.
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
  await askOverHttp();
}

/** A streamed answer, and a request that is refused. */
async function askOverHttp(): Promise<void> {
  const [base = ''] = await published();
  key ??= await makeKey('activity');
  const body = JSON.stringify({ message: 'Which tables are in the database?' });
  const streamed = await askApi(base, '/chat', { method: 'POST', body, key, headers: { accept: 'text/event-stream' } });
  const answer = await streamed.text();
  if (!answer.includes('order_items')) throw new Error(`the HTTP API answers: ${answer.slice(-300)}`);
  await askApi(base, '/v1/models');
}
