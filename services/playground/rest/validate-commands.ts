import { textOf } from '../json/text.ts';
import type { Json } from '../state/types.ts';
import { invalidForm, tooLong } from './errors.ts';
import { checkLocalized, isSlashName, namesByLocale } from './validate-localized.ts';

const MAX_OPTIONS = 25;
const MAX_CHOICES = 25;
const LIMITS: Record<number, number> = { 1: 100, 2: 15, 3: 15 };
const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;

export interface CheckedCommand {
  type: number;
  name: string;
  rest: Json;
}

/** Checks one command and fills in Discord's defaults. */
export function checkCommand(body: Json, path = ''): CheckedCommand {
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  const type = typeof body['type'] === 'number' ? body['type'] : 1;
  if (!(type in LIMITS)) throw invalidForm(at('type'), 'BASE_TYPE_CHOICES', 'Value must be one of (1, 2, 3).');
  const name = textOf(body['name']);
  if (type === 1) checkDescribed(body, path);
  else if (name.length < 1 || name.length > 32) throw tooLong(at('name'), 32, 1);
  checkLocalized(body, { path, isSlash: type === 1 });
  const description = textOf(body['description']);
  if (type !== 1 && description !== '') {
    throw invalidForm(at('description'), 'CONTEXT_MENU_DESCRIPTION', 'Context menu commands have no description.');
  }
  const options = (body['options'] as Json[] | undefined) ?? [];
  checkOptions(options, at('options'));
  return { type, name, rest: { ...defaults(body), description, ...(options.length > 0 && { options }) } };
}

function defaults(body: Json): Json {
  return {
    default_member_permissions: body['default_member_permissions'] ?? null,
    dm_permission: body['dm_permission'] ?? true,
    name_localizations: body['name_localizations'] ?? null,
    description_localizations: body['description_localizations'] ?? null,
    integration_types: body['integration_types'] ?? [0],
    contexts: body['contexts'] ?? null,
    nsfw: body['nsfw'] ?? false,
  };
}

function checkDescribed(thing: Json, path: string): void {
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  const name = textOf(thing['name']);
  if (!isSlashName(name)) {
    throw invalidForm(at('name'), 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
  const description = textOf(thing['description']);
  if (description.length < 1 || description.length > 100) throw tooLong(at('description'), 100, 1);
}

function checkOptions(options: Json[], path: string): void {
  if (options.length > MAX_OPTIONS) throw tooLong(path, MAX_OPTIONS);
  let optionalSeen = false;
  for (const [i, option] of options.entries()) {
    const at = `${path}.${i}`;
    checkDescribed(option, at);
    checkLocalized(option, { path: at, isSlash: true });
    const nested = option['type'] === SUBCOMMAND || option['type'] === SUBCOMMAND_GROUP;
    if (option['required'] === true && optionalSeen) {
      const message = 'Required options must be placed before non-required options';
      throw invalidForm(at, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message);
    }
    if (option['required'] !== true && !nested) optionalSeen = true;
    if (nested) checkOptions((option['options'] as Json[] | undefined) ?? [], `${at}.options`);
    if (((option['choices'] as unknown[] | undefined) ?? []).length > MAX_CHOICES) {
      throw tooLong(`${at}.choices`, MAX_CHOICES);
    }
  }
  refuseDuplicates(options, path, { code: 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID' });
}

/** `byType`: things of different types may share a name. */
function refuseDuplicates(
  things: Json[],
  path: string,
  { code, byType = false }: { code: string; byType?: boolean },
): void {
  const seen = new Set<string>();
  for (const [i, thing] of things.entries()) {
    for (const name of namesByLocale(thing)) {
      const key = `${name}/${byType ? textOf(thing['type'], '1') : ''}`;
      if (seen.has(key)) throw invalidForm(`${path}.${i}`, code, 'This name is already used.');
      seen.add(key);
    }
  }
}

/** Checks a whole set: each command is valid, no name comes twice, and no type has too many. */
export function checkCommandSet(list: Json[]): void {
  for (const [i, body] of list.entries()) checkCommand(body, String(i));
  refuseDuplicates(list, 'commands', { code: 'APPLICATION_COMMANDS_DUPLICATE_NAME', byType: true });
  for (const [type, max] of Object.entries(LIMITS)) {
    if (list.filter((body) => textOf(body['type'], '1') === type).length > max) throw tooLong('commands', max);
  }
}
