import { commandJson, commandsOf } from '../state/commands.ts';
import type { Command, Json } from '../state/types.ts';
import { invalidForm, refuse } from './errors.ts';
import { guildIn } from './find.ts';
import { Shape } from './rate-limits.ts';
import { created, NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';
import { checkCommand, checkCommandSet } from './validate-commands.ts';

/** Global commands and commands of one server have the same routes. */
export const commandRoutes: Route[] = [
  '/applications/:application/commands',
  '/applications/:application/guilds/:guild/commands',
].flatMap((path): Route[] => [
  { method: 'GET', path, handle: (call) => ok(scopeOf(call).commands.map(commandJson)) },
  { method: 'PUT', path, limit: Shape.commands, handle: replaceAll },
  { method: 'POST', path, limit: Shape.commands, handle: add },
  { method: 'GET', path: `${path}/:command`, handle: (call) => ok(commandJson(commandIn(call))) },
  { method: 'PATCH', path: `${path}/:command`, limit: Shape.commands, handle: edit },
  { method: 'DELETE', path: `${path}/:command`, limit: Shape.commands, handle: remove },
]);

interface Scope {
  applicationId: string;
  guildId?: string;
  commands: Command[];
}

function scopeOf(call: Call): Scope {
  const applicationId = call.params['application'] ?? '';
  if (applicationId !== call.bot.userId) throw refuse('missingAccess');
  const guildId = call.params['guild'] === undefined ? undefined : guildIn(call).id;
  const commands = commandsOf(call.context.world, applicationId, guildId);
  return { applicationId, commands, ...(guildId !== undefined && { guildId }) };
}

function commandIn(call: Call): Command {
  const found = scopeOf(call).commands.find(({ id }) => id === call.params['command']);
  if (!found) throw refuse('unknownCommand');
  return found;
}

/** Stores a command. A command of the same name and type is changed and keeps its id. */
function store(call: Call, scope: Scope, body: Json): Command {
  const { world } = call.context;
  const { name, type, rest } = checkCommand(body);
  const known = scope.commands.find((command) => command.name === name && command.type === type);
  const command: Command = {
    id: known?.id ?? world.newId(),
    application_id: scope.applicationId,
    ...(scope.guildId !== undefined && { guild_id: scope.guildId }),
    type,
    name,
    rest,
    version: world.newId(),
  };
  world.commands.set(command.id, command);
  return command;
}

/** Replaces the whole set and deletes what the list does not name. Nothing changes when one command is refused. */
function replaceAll(call: Call): Answer {
  const scope = scopeOf(call);
  const list = Array.isArray(call.body['list']) ? (call.body['list'] as Json[]) : undefined;
  if (!list) throw invalidForm('commands', 'BASE_TYPE_LIST', 'Only iterables may be used in a ListType');
  checkCommandSet(list);
  const kept = list.map((body) => store(call, scope, body));
  for (const { id } of scope.commands) {
    if (!kept.some((command) => command.id === id)) call.context.world.commands.delete(id);
  }
  tellPage(call);
  return ok(kept.map(commandJson));
}

function add(call: Call): Answer {
  const scope = scopeOf(call);
  const before = new Set(scope.commands.map(({ id }) => id));
  const command = store(call, scope, call.body);
  tellPage(call);
  return before.has(command.id) ? ok(commandJson(command)) : created(commandJson(command));
}

function edit(call: Call): Answer {
  const command = commandIn(call);
  const { name, rest } = checkCommand({ ...command.rest, type: command.type, name: command.name, ...call.body });
  Object.assign(command, { name, rest, version: call.context.world.newId() });
  tellPage(call);
  return ok(commandJson(command));
}

function remove(call: Call): Answer {
  call.context.world.commands.delete(commandIn(call).id);
  tellPage(call);
  return NO_CONTENT;
}

/** Bots hear nothing of a change of commands, but the page's menus follow it. */
function tellPage(call: Call): void {
  call.context.world.publish({ t: 'PLAYGROUND_COMMANDS', only: [], d: {} });
}
