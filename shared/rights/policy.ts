import picomatch from 'picomatch';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { ConfigError } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { Caller } from '#shared/run/request.ts';
import { readNamedFile, watchFile } from '#shared/process/watch-file.ts';

const log = createLogger('policy');

const globs = z.array(z.string().min(1)).default([]);
const roleNames = z.array(z.string()).default([]);

const roleSchema = z.strictObject({
  /** Tools that run without asking. */
  allow: globs,
  /** Tools that run after a human's yes, also those that `allow` fits. */
  approve: globs,
  /** Tools that this role takes away, whatever another role grants. */
  deny: globs,
  /** Tools that a model is told of whatever is asked, of those that its caller may use. */
  offer: globs,
  /** Discord channel ids in which the role counts; everywhere when absent. */
  channels: z.array(z.string()).optional(),
  /** Models that the role may ask for by name; all when absent. */
  models: z.array(z.string().min(1)).optional(),
  /** Whether it sees everybody's runs and may act on them: stop, replay, decide. */
  operate: z.boolean().default(false),
  /** Requests of one API key in a minute, scheduled questions of one person in Discord; the largest of a caller's roles counts. */
  requests_per_minute: z.number().int().min(1).optional(),
  /** US dollars that one API key, or one person in Discord, may cost in a calendar month (UTC); the largest of a caller's roles counts. */
  budget_usd: z.number().positive().optional(),
});

const policySchema = z.strictObject({
  version: z.literal(1),
  roles: z.record(z.string(), roleSchema),
  members: z.strictObject({
    /** Every Discord user. */
    everyone: roleNames,
    /** People at a terminal of this machine. */
    terminal: roleNames,
    /** Roles by Discord role, by its id or its name. Anyone who may edit roles can give a role any name: prefer ids. */
    discord_roles: z.record(z.string(), roleNames).default({}),
    discord_users: z.record(z.string(), roleNames).default({}),
    api_keys: z.record(z.string(), roleNames).default({}),
    /** Roles by group, as an identity provider names it in its tokens (docs/http-api.md). */
    oidc_groups: z.record(z.string(), roleNames).default({}),
  }),
});

type PolicyFile = z.output<typeof policySchema>;

/** What the policy says about one tool for one caller. */
export type Permission = 'allow' | 'approve' | 'deny';

export interface Policy {
  /**
   * Of the caller's roles, one that denies wins, then one that allows and does not ask, then one that asks; a tool that
   * no role names is denied.
   */
  permission(caller: Caller, tool: string): Permission;
  /** Whether a model that answers the caller is told of this tool whatever is asked. */
  alwaysOffers(caller: Caller, tool: string): boolean;
  /** The roles of a person of these groups of the identity provider. */
  rolesOfGroups(groups: readonly string[]): string[];
  /** The caller's roles, for people who ask why. */
  roles(caller: Caller): string[];
  /** The names of all roles. */
  roleNames(): string[];
  /** Whether the caller may ask for this model by name. */
  mayUseModel(caller: Caller, model: string): boolean;
  /** Whether the caller sees everybody's runs and may act on them. */
  mayOperate(caller: Caller): boolean;
  /** Undefined: none of the caller's roles sets a limit. */
  requestsPerMinute(caller: Caller): number | undefined;
  /** US dollars in a calendar month. Undefined: none of the caller's roles sets a limit. */
  budgetUsd(caller: Caller): number | undefined;
}

/** Reads a policy from YAML text. Throws ConfigError that names file and line. */
export function parsePolicy(text: string, file = 'policy.yaml'): Policy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken) throw new ConfigError([`${file}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`]);
  const parsed = policySchema.safeParse(document.toJS());
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map(
        (issue) => `${file}:${lineOf(document, lines, issue.path)}: ${issue.path.join('.')}: ${issue.message}`,
      ),
    );
  }
  checkRoleNames(parsed.data, (at) => `${file}:${lineOf(document, lines, at)}`);
  return compile(parsed.data);
}

function lineOf(document: Document, lines: LineCounter, at: PropertyKey[]): number {
  for (let depth = at.length; depth >= 0; depth -= 1) {
    const node = document.getIn(at.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function checkRoleNames(file: PolicyFile, place: (at: PropertyKey[]) => string): void {
  const { members } = file;
  const uses: [PropertyKey[], string[]][] = [
    [['members', 'everyone'], members.everyone],
    [['members', 'terminal'], members.terminal],
  ];
  for (const group of ['discord_roles', 'discord_users', 'api_keys', 'oidc_groups'] as const) {
    for (const [who, roles] of Object.entries(members[group])) uses.push([['members', group, who], roles]);
  }
  const problems = uses.flatMap(([at, roles]) =>
    roles
      .filter((role) => !Object.hasOwn(file.roles, role))
      .map((role) => `${place(at)}: there is no role ${role}; roles are ${Object.keys(file.roles).join(', ')}`),
  );
  if (problems.length > 0) throw new ConfigError(problems);
}

interface CompiledRole {
  allow(tool: string): boolean;
  approve(tool: string): boolean;
  deny(tool: string): boolean;
  offer(tool: string): boolean;
  channels: Set<string> | undefined;
  model(name: string): boolean;
  operate: boolean;
  requestsPerMinute: number | undefined;
  budgetUsd: number | undefined;
}

function compile(file: PolicyFile): Policy {
  const roles = new Map<string, CompiledRole>();
  for (const [name, role] of Object.entries(file.roles)) {
    roles.set(name, {
      allow: matcher(role.allow),
      approve: matcher(role.approve),
      deny: matcher(role.deny),
      offer: matcher(role.offer),
      channels: role.channels && new Set(role.channels),
      model: role.models === undefined ? () => true : matcher(role.models),
      operate: role.operate,
      requestsPerMinute: role.requests_per_minute,
      budgetUsd: role.budget_usd,
    });
  }
  function rolesOf(caller: Caller): string[] {
    const names = new Set(memberships(file, caller));
    return [...names].filter((name) => {
      const channels = roles.get(name)?.channels;
      return !channels || (caller.channel !== undefined && channels.has(caller.channel));
    });
  }
  const ownRoles = (caller: Caller) => rolesOf(caller).flatMap((name) => roles.get(name) ?? []);
  return {
    roles: rolesOf,
    rolesOfGroups: (groups) => [...new Set(groups.flatMap((group) => own(file.members.oidc_groups, group)))],
    roleNames: () => [...roles.keys()],
    alwaysOffers: (caller, tool) => ownRoles(caller).some((role) => role.offer(tool)),
    mayUseModel: (caller, model) => ownRoles(caller).some((role) => role.model(model)),
    mayOperate: (caller) => ownRoles(caller).some(({ operate }) => operate),
    requestsPerMinute(caller) {
      const limits = ownRoles(caller).flatMap(({ requestsPerMinute }) => requestsPerMinute ?? []);
      return limits.length === 0 ? undefined : Math.max(...limits);
    },
    budgetUsd(caller) {
      const limits = ownRoles(caller).flatMap(({ budgetUsd }) => budgetUsd ?? []);
      return limits.length === 0 ? undefined : Math.max(...limits);
    },
    permission(caller, tool) {
      if (caller.kind !== 'discord' && isForDiscord(tool)) return 'deny';
      const own = ownRoles(caller);
      if (own.some((role) => role.deny(tool))) return 'deny';
      if (own.some((role) => role.allow(tool) && !role.approve(tool))) return 'allow';
      return own.some((role) => role.approve(tool)) ? 'approve' : 'deny';
    },
  };
}

/** The tools that show somebody what they see in Discord. They mean nothing to callers whom Discord does not know. */
function isForDiscord(tool: string): boolean {
  return /^discord_[a-z]/.test(tool);
}

function matcher(patterns: string[]): (tool: string) => boolean {
  // An empty list must match nothing; picomatch refuses it.
  return patterns.length === 0 ? () => false : picomatch(patterns);
}

function memberships(file: PolicyFile, caller: Caller): string[] {
  const { members } = file;
  switch (caller.kind) {
    case 'terminal':
      return members.terminal;
    case 'api':
      return [...own(members.api_keys, caller.id), ...knownRoles(file, caller)];
    case 'discord':
      return [
        ...members.everyone,
        ...knownRoles(file, caller),
        ...own(members.discord_users, caller.id),
        ...caller.discordRoles.flatMap((role) => own(members.discord_roles, role)),
      ];
  }
}

/** The roles that the door has established itself. One that the file no longer has grants nothing. */
function knownRoles(file: PolicyFile, caller: Caller): string[] {
  return (caller.roles ?? []).filter((role) => Object.hasOwn(file.roles, role));
}

function own(table: Record<string, string[]>, key: string): string[] {
  return Object.hasOwn(table, key) ? (table[key] ?? []) : [];
}

export interface PolicySource extends AsyncDisposable {
  current(): Policy;
}

/**
 * Loads the policy, and loads it again whenever its file changes. A broken new version is refused with the line at
 * fault, and the last good one stays in force. Throws ConfigError when the first version is broken or missing.
 */
export function watchPolicy(file: string): PolicySource {
  let text = readNamedFile('POLICY_FILE', file);
  let policy = parsePolicy(text, file);
  const watching = watchFile(file, () => {
    try {
      const next = readNamedFile('POLICY_FILE', file);
      if (next === text) return;
      policy = parsePolicy(next, file);
      text = next;
      log.info({ file }, 'policy reloaded');
    } catch (error) {
      log.error({ file, error: errorText(error) }, 'the changed policy is refused; the last good one stays in force');
    }
  });
  return { current: () => policy, [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose]() };
}

/** Reads the policy once, for a program that ends soon. Throws ConfigError. */
export function readPolicy(file: string): Policy {
  return parsePolicy(readNamedFile('POLICY_FILE', file), file);
}
