import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { z } from 'zod';
import { parse } from 'yaml';
import { keys, prefix } from '#shared/redis/keys.ts';
import { declaredLabels } from '#shared/process/metrics.ts';
import { jobCatalogue } from '#shared/queue/jobs.ts';
import { queueNames } from '#shared/ground/vocabulary.ts';
import { chatCommands } from '#services/cli/chat/commands.ts';
import { createProgram } from '#services/cli/program.ts';
import { processTerminal } from '#services/cli/terminal.ts';
import { commands as slashCommands } from '#services/ingress/commands/catalogue.ts';
import type { CommandDefinition } from '#services/ingress/commands/command.ts';
import { renewableGroups } from '#services/setup/secrets/groups.ts';
import { readSchemas, composeVariables } from '#test/env-example/variables.ts';
import { variableMeta } from '#shared/ground/config.ts';
import { readDashboards } from '#test/observability/dashboards.ts';
import { rulesOf } from '#test/observability/labels.ts';
import { readSource, type Source } from './source.ts';

export interface Variable {
  secret: boolean;
  /** Judges a value and knows the default; undefined for a variable that no schema declares. */
  type?: z.ZodType;
}

interface ComposeFile {
  services: Record<string, { profiles?: string[]; ports?: unknown[]; environment?: Record<string, unknown> }>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
}

/** All names that exist, read from where each is defined. */
export interface Facts extends Source {
  root: string;
  /** npm scripts of package.json. */
  scripts: Set<string>;
  /** The command line as commander knows it. */
  program: Command;
  variables: Map<string, Variable>;
  /** Redis keys without their common prefix, with `*` for each part that varies. */
  keys: string[];
  metrics: Set<string>;
  alerts: Set<string>;
  /** Titles of dashboards and of their panels. */
  panels: Set<string>;
  slash: Map<string, CommandDefinition>;
  /** What a chat at the terminal knows, without the slash. */
  chat: ReadonlySet<string>;
  queues: ReadonlySet<string>;
  jobs: ReadonlySet<string>;
  services: ReadonlySet<string>;
  profiles: ReadonlySet<string>;
  networks: ReadonlySet<string>;
  volumes: ReadonlySet<string>;
  secretGroups: ReadonlySet<string>;
  /** Ports that some part of the stack listens on. */
  ports: ReadonlySet<string>;
}

/** Reads everything. Takes a second or two, and needs no server. */
export async function readFacts(root: string): Promise<Facts> {
  const source = readSource(root);
  const compose = parse(readFileSync(path.join(root, 'compose.yaml'), 'utf8'), { merge: true }) as ComposeFile;
  const services = Object.values(compose.services);
  const variables = await readVariables(source);
  const dashboards = readDashboards();
  return {
    ...source,
    root,
    scripts: new Set(Object.keys((readJson(root, 'package.json') as { scripts: object }).scripts)),
    program: await createProgram(processTerminal()),
    variables,
    keys: Object.values(keys).map((key) => (typeof key === 'string' ? key : key('*')).slice(prefix.length + 1)),
    metrics: new Set([...declaredLabels.keys(), ...rulesOf('rules.yml').flatMap(({ record }) => record ?? [])]),
    alerts: new Set(rulesOf('alerts.yml').flatMap(({ alert }) => alert ?? [])),
    panels: new Set(
      dashboards.flatMap((each) => [each.title.replace(/^.* \/ /, ''), ...each.panels.map(({ title }) => title)]),
    ),
    slash: new Map(slashCommands.map(({ definition }) => [definition.name, definition])),
    chat: new Set(chatCommands),
    queues: new Set(queueNames),
    jobs: new Set(Object.keys(jobCatalogue)),
    services: new Set(Object.keys(compose.services)),
    profiles: new Set(services.flatMap(({ profiles = [] }) => profiles)),
    networks: new Set(Object.keys(compose.networks)),
    volumes: new Set(Object.keys(compose.volumes)),
    secretGroups: new Set(renewableGroups),
    ports: new Set([...defaultPorts(variables), ...source.portsInConfiguration]),
  };
}

function readJson(root: string, file: string): unknown {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

async function readVariables({ variablesRead }: Source): Promise<Map<string, Variable>> {
  const found = new Map<string, Variable>(variablesRead.map((name) => [name, { secret: false }]));
  for (const { schema } of await readSchemas()) {
    for (const [name, type] of Object.entries(schema.shape)) {
      found.set(name, { secret: variableMeta(schema, name).secret === true, type: type as z.ZodType });
    }
  }
  for (const { name } of composeVariables(new Set(found.keys()))) found.set(name, { secret: false });
  const secrets = [...found].filter(([, { secret }]) => secret);
  for (const [name] of secrets) found.set(`${name}_FILE`, { secret: false });
  return found;
}

function defaultPorts(variables: Map<string, Variable>): string[] {
  return [...variables].flatMap(([name, { type }]) => {
    const value = name.endsWith('PORT') ? type?.safeParse(undefined) : undefined;
    return value?.success ? [String(value.data)] : [];
  });
}
