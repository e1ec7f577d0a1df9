import type { Json } from '../state/types.ts';
import { resolveChannel, resolveMentionable, resolveRole, resolveUser, type Resolving } from './resolved.ts';

/** Component types of select menus. */
export const Menu = { TEXT: 3, USER: 5, ROLE: 6, MENTIONABLE: 7, CHANNEL: 8 } as const;
export const MENUS: readonly number[] = Object.values(Menu);

/** What was chosen in a select menu: values of its options, or ids of the people, roles and channels that are named. */
export function chosenValues(resolving: Resolving, menu: Json, values: string[], least = leastOf(menu)): string[] {
  const most = numberOf(menu['max_values'], 1);
  if (values.length < least || values.length > most) {
    throw new Error(`This menu takes ${least} to ${most} values, not ${values.length}.`);
  }
  return values.map((value) => chosen(resolving, menu, value));
}

function leastOf(menu: Json): number {
  return numberOf(menu['min_values'], 1);
}

export function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function chosen(resolving: Resolving, menu: Json, value: string): string {
  switch (menu['type']) {
    case Menu.TEXT:
      return offered(menu, value);
    case Menu.USER:
      return resolveUser(resolving, value);
    case Menu.ROLE:
      return resolveRole(resolving, value);
    case Menu.MENTIONABLE:
      return resolveMentionable(resolving, value);
    case Menu.CHANNEL:
      return resolveChannel(resolving, value, (menu['channel_types'] as number[] | undefined) ?? []);
    default:
      throw new Error(`A component of type ${String(menu['type'])} is no menu that the playground knows.`);
  }
}

/** The value, if an option of the menu (or of a group of boxes) has it. */
export function offered(menu: Json, value: string): string {
  const options = (menu['options'] as Json[] | undefined) ?? [];
  if (!options.some((option) => option['value'] === value)) throw new Error(`This menu does not offer ${value}.`);
  return value;
}
