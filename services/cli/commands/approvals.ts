import type { Command } from 'commander';
import { listPendingApprovals, type Decision, type PendingApproval } from '#shared/run/decide.ts';
import { UserError } from '#shared/ground/errors.ts';
import { prettyArguments } from '../approve.ts';
import { terminalCaller } from '../ask.ts';
import { readCliConfig } from '../config.ts';
import { printListing } from '../listing.ts';
import { connectStack, type Connection } from '../stack.ts';
import type { Terminal } from '../terminal.ts';
import { duration, oneLine } from '../text.ts';

/** `dragoman approvals list|allow|deny`: calls that wait for a human. Whoever reaches the stack's Redis operates it. */
export function addApprovalsCommand(program: Command, terminal: Terminal): void {
  const approvals = program.command('approvals');
  approvals
    .command('list', { isDefault: true })
    .description('what waits, the soonest to expire first')
    .option('--json', 'as JSON, with the exact arguments')
    .action(async (options: { json?: true }) => {
      await using connection = await connectStack(readCliConfig());
      const pending = await listPendingApprovals(connection.redis);
      printListing(terminal, pending, columns, { json: options.json, empty: 'Nothing waits for a human.' });
    });
  addDecision(approvals, terminal, 'allow', 'allow the call, or say that an interrupted one has happened');
  addDecision(approvals, terminal, 'deny', 'refuse the call, or say that an interrupted one has not happened');
}

const columns = {
  approval: (each: PendingApproval) => each.request.approval,
  tool: (each: PendingApproval) => each.request.tool,
  why: (each: PendingApproval) => each.request.kind,
  arguments: (each: PendingApproval) => oneLine(each.request.arguments, 100),
  who: (each: PendingApproval) => `${each.caller.kind}:${each.caller.name || each.caller.id}`,
  'time left': (each: PendingApproval) => duration(Math.max(each.request.expiresAt - Date.now(), 0)),
};

function addDecision(approvals: Command, terminal: Terminal, verb: 'allow' | 'deny', description: string): void {
  approvals
    .command(verb)
    .description(description)
    .argument('<approval>', 'its id, as `approvals list` shows it')
    .option('--reason <text>', 'what the model is told')
    .action(async (id: string, options: { reason?: string }) => {
      await using connection = await connectStack(readCliConfig());
      const pending = await find(connection, id);
      terminal.err.write(`${pending.request.tool}\n${prettyArguments(pending.request.arguments)}\n`);
      await decide(connection, pending, verb, options.reason);
      terminal.out.write(`${verb === 'allow' ? 'Allowed' : 'Denied'}: ${pending.request.tool}\n`);
    });
}

/** The pending approval of this id; when several runs have one, `run approval` tells them apart. */
async function find(connection: Connection, id: string): Promise<PendingApproval> {
  const pending = await listPendingApprovals(connection.redis);
  const found = pending.filter(
    ({ runId, request }) => id === request.approval || id === `${runId}/${request.approval}`,
  );
  const [first, second] = found;
  if (!first)
    throw new UserError('unknown-approval', `Nothing waits under ${id}. npx dragoman approvals lists what does.`);
  if (!second) return first;
  const names = found.map(({ runId, request }) => `${runId}/${request.approval}`).join(', ');
  throw new UserError('ambiguous-approval', `Several runs wait under ${id}. Name one: ${names}`);
}

async function decide(
  { runs }: Connection,
  { runId, request }: PendingApproval,
  verb: 'allow' | 'deny',
  reason: string | undefined,
): Promise<void> {
  const unknown: Record<typeof verb, Decision> = { allow: 'happened', deny: 'did-not-happen' };
  const decision = request.kind === 'unknown-outcome' ? unknown[verb] : verb;
  const result = await runs.decide(runId, request.approval, { decision, by: terminalCaller().name, reason });
  if (result === 'decided') return;
  throw new UserError('not-decided', `Too late: the call is ${result.replaceAll('-', ' ')}.`);
}
