import { Option, type Command } from 'commander';
import { auditKinds, type AuditKind } from '#shared/run/audit-row.ts';
import type { AuditVerdict } from '#shared/audit/check.ts';
import { sealAnew } from '#shared/audit/keep.ts';
import type { AuditRow } from '#shared/audit/log.ts';
import { OperatorError } from '#shared/ground/errors.ts';
import { readCliConfig } from '../config.ts';
import { age, wholeNumber } from '../arguments.ts';
import { printListing } from '../listing.ts';
import { connectStack } from '../stack.ts';
import type { Terminal } from '../terminal.ts';
import { duration, oneLine } from '../text.ts';

interface Options {
  run?: string;
  user?: string;
  tool?: string;
  kind?: AuditKind[];
  /** Milliseconds. */
  since?: number;
  limit: number;
  json?: true;
}

/** `dragoman audit list|check|seal`: who had which tools called, who allowed it, what operators did. */
export function addAuditCommand(program: Command, terminal: Terminal): void {
  const audit = program.command('audit');
  audit
    .command('list', { isDefault: true })
    .description('the latest rows, newest first')
    .option('--run <id>', 'only of this run')
    .option('--user <who>', "only of this person's runs, or decided by this person: id or name")
    .option('--tool <name>', 'only of this tool')
    .addOption(new Option('--kind <kinds...>', 'only of these kinds').choices(auditKinds))
    .option('--since <time>', 'only of this last time: 30m, 2h, 7d', age)
    .option('--limit <n>', 'at most so many, the latest first', wholeNumber, 50)
    .option('--json', 'as JSON, with all that is known of each')
    .action((options: Options) => list(options, terminal));
  audit
    .command('check')
    .description('read all rows: was one changed, taken out or put in? Exits with 1 when so')
    .option('--json', 'as JSON')
    .action((options: { json?: true }) => check(options, terminal));
  audit
    .command('seal')
    .description('seal the log as it stands with the signing key, after that key was changed')
    .action(() => seal(terminal));
}

async function list({ since, limit, json, kind, ...rest }: Options, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  const { rows, notes } = await connection.lookup.audit({
    ...rest,
    limit,
    ...(kind && { kinds: kind }),
    ...(since !== undefined && { since: Date.now() - since }),
  });
  printListing(terminal, rows, columns, { json, empty: 'Nothing fits, or no tool has been called yet.', notes });
}

const columns = {
  time: ({ at }: AuditRow) => new Date(at).toISOString().slice(0, 19).replace('T', ' '),
  who: ({ who }: AuditRow) => who,
  kind: ({ kind }: AuditRow) => kind,
  tool: ({ data }: AuditRow) => text(data['tool']),
  what: (row: AuditRow) => oneLine(whatOf(row), 80),
  run: ({ run, data }: AuditRow) =>
    data['call'] === undefined ? run : `${run} ${text(data['step'])}.${text(data['call'])}`,
};

function whatOf({ kind, data }: AuditRow): string {
  switch (kind) {
    case 'intent':
      return data['arguments'] === undefined ? 'reads' : text(data['arguments']);
    case 'outcome':
    case 'unmade':
      return typeof data['durationMs'] === 'number'
        ? `${text(data['outcome'])}, ${duration(data['durationMs'])}`
        : text(data['outcome']);
    case 'asked':
      return text(data['question']);
    case 'decided':
      return [`${text(data['decision'])} by ${text(data['by'])}`, ...reasonOf(data)].join(': ');
    case 'replay':
      return `of ${text(data['of'])} from ${text(data['from'])} by ${text(data['by'])}`;
    case 'stop':
    case 'discard':
      return `by ${text(data['by'])}`;
    case 'forget':
      return `${text(data['runs'])} runs, ${text(data['archived'])} archived, ${text(data['memories'])} memories`;
    case 'setting':
      return [`${text(data['owner'])} ${text(data['setting'])} ${text(data['deed'])}`, ...valueOf(data)].join(': ');
    case 'schedule':
      return `${text(data['schedule'])} ${text(data['deed'])} by ${text(data['by'])}: ${text(data['when'])}`;
    case 'key':
      return [
        `${text(data['key'])} ${text(data['deed'])}`,
        ...(data['by'] ? [`by ${text(data['by'])}`] : []),
        ...keyFacts(data),
      ].join(', ');
  }
}

function keyFacts({ roles, until }: AuditRow['data']): string[] {
  const named = Array.isArray(roles) ? [`roles ${roles.map(text).join(' ')}`] : [];
  return until === undefined ? named : [...named, `until ${text(until)}`];
}

function valueOf({ value }: AuditRow['data']): string[] {
  return value === undefined ? [] : [typeof value === 'string' ? value : JSON.stringify(value)];
}

function reasonOf(data: AuditRow['data']): string[] {
  return data['reason'] === undefined ? [] : [text(data['reason'])];
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

async function check(options: { json?: true }, terminal: Terminal): Promise<void> {
  const config = readCliConfig();
  await using connection = await connectStack(config);
  const verdict = await connection.lookup.checkAudit(config.DRAGOMAN_SIGNING_KEY);
  if (options.json) terminal.out.write(`${JSON.stringify(verdict, undefined, 2)}\n`);
  else terminal.out.write(`${sentences(verdict, config.DRAGOMAN_SIGNING_KEY !== undefined).join('\n')}\n`);
  if (verdict.problems.length === 0) return;
  throw new OperatorError(
    'audit-changed',
    `The audit log is not as Dragoman wrote it: ${verdict.problems.length} findings.`,
  );
}

async function seal(terminal: Terminal): Promise<void> {
  const config = readCliConfig();
  const key = config.DRAGOMAN_SIGNING_KEY;
  if (key === undefined)
    throw new OperatorError(
      'no-key',
      'Sealing needs the signing key: set DRAGOMAN_SIGNING_KEY or DRAGOMAN_SIGNING_KEY_FILE.',
    );
  await using connection = await connectStack(config);
  const sealing = await sealAnew(connection.redis, key);
  if (sealing.state === 'broken')
    throw new OperatorError(
      'audit-changed',
      'Not sealed: rows do not follow one another. dragoman audit check says which.',
    );
  const newest =
    sealing.state === 'sealed' ? ` up to row ${sealing.row.id}, hash ${sealing.row.hash}` : ': it has no row';
  terminal.out.write(`Sealed the audit log${newest}\n`);
}

const shown = 20;

function sentences({ rows, from, to, tip, sealedTo, problems }: AuditVerdict, keyKnown: boolean): string[] {
  const lines = problems.slice(0, shown);
  if (problems.length > shown) lines.push(`… and ${problems.length - shown} more; --json lists all`);
  if (from === undefined || to === undefined) return [...lines, 'The audit log has no row yet.'];
  lines.push(`${rows} rows from ${iso(from)} to ${iso(to)}; newest hash ${tip}`);
  if (problems.length === 0) lines.push('Each row follows the one before.');
  if (sealedTo !== undefined) lines.push(`Sealed with the signing key up to ${iso(sealedTo)}.`);
  else if (!keyKnown) lines.push('Set DRAGOMAN_SIGNING_KEY to check the seal as well.');
  else if (problems.length === 0) lines.push('Not sealed yet: a worker seals it within a minute.');
  return lines;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
