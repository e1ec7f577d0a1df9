import { footerModes, languages, progressModes } from '#shared/ground/vocabulary.ts';
import type { SettingValues } from '#shared/settings/catalogue.ts';
import type { Say } from '#services/ingress/language/say.ts';
import { oneLine } from '#services/ingress/delivery/escape.ts';

/** Discord's kinds of components (docs: Component Reference). */
const kind = { row: 1, button: 2, texts: 3, roles: 6, mentionable: 7, channels: 8, text: 10 } as const;
/** Text and news channels, and forums. */
const writable = [0, 5, 15];
/** The value of a menu's line that takes a setting away. */
export const unchosen = '-';

export interface SetupFacts {
  personas: readonly string[];
  models: readonly string[];
  isRole(this: void, id: string): boolean;
  server: string;
}

/** What `/setup` shows: for each setting what it is, and a menu with what is chosen. */
export function setupView(
  say: Say,
  values: SettingValues,
  { personas, models, isRole, server }: SetupFacts,
): { say: string; components: object[]; layout: true } {
  const approvers = (values.approvers ?? []).map((id) => ({ id, type: isRole(id) ? 'role' : 'user' }));
  return {
    say: `## ${oneLine(server, 90)}\n${say('setup.intro')}`,
    components: [
      ...menu(say, 'channels', channels(values.channels ?? [], 25)),
      ...menu(say, 'model', texts(models, values.model, say('setup.by-operator'))),
      ...menu(say, 'persona', texts(personas, values.persona, say('setup.no-persona'))),
      ...menu(say, 'progress', texts(progressModes, values.progress, say('setup.by-operator'))),
      ...menu(say, 'footer', texts(footerModes, values.footer, say('setup.by-operator'))),
      ...menu(say, 'language', texts(languages, values.language, say('setup.persons-language'), nameOfLanguage)),
      ...menu(say, 'logChannel', channels(values.logChannel === undefined ? [] : [values.logChannel], 1)),
      ...menu(say, 'approvers', { type: kind.mentionable, min_values: 0, max_values: 25, default_values: approvers }),
      {
        type: kind.row,
        components: [{ type: kind.button, style: 2, label: say('setup.export'), custom_id: 'setup:export' }],
      },
    ],
    layout: true,
  };
}

type ShownSetting = 'channels' | 'model' | 'persona' | 'progress' | 'footer' | 'language' | 'logChannel' | 'approvers';

/** What a setting is, and the menu below it. */
function menu(say: Say, name: ShownSetting, select: object): object[] {
  return [
    { type: kind.text, content: `**${say(`setup.${name}`)}**` },
    { type: kind.row, components: [{ custom_id: `setup:${name}`, ...select }] },
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function channels(chosen: readonly string[], most: number): object {
  return {
    type: kind.channels,
    channel_types: writable,
    min_values: 0,
    max_values: most,
    default_values: chosen.map((id) => ({ id, type: 'channel' })),
  };
}

/** A menu of names, 25 at most, with a line for none. What is chosen is always among them. */
function texts(
  names: readonly string[],
  chosen: string | undefined,
  none: string,
  label: (name: string) => string = (name) => name,
): object {
  const first = chosen === undefined || names.slice(0, 24).includes(chosen) ? [] : [chosen];
  const shown = [...first, ...names].filter((name) => name.length <= 100).slice(0, 24);
  return {
    type: kind.texts,
    options: [
      { label: none, value: unchosen, default: chosen === undefined },
      ...shown.map((name) => ({ label: label(name), value: name, default: name === chosen })),
    ],
  };
}

/** The name of a language, in that language. */
function nameOfLanguage(code: string): string {
  return capital(new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code);
}
