import { afterAll, beforeAll } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { described, testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { startToolsRig, type Answer, type ToolsRig } from '../tools-rig.ts';
import { layWorld, type Ids } from './tools-world.ts';

interface ToolCase extends CorpusCase {
  category: string;
  as: string;
  tool: string;
  arguments: Record<string, unknown>;
  kind?: 'terminal' | 'api';
  guild?: string | null;
  in?: string;
  /** Whether the token has the role of the policy's operators; true unless said. */
  operator?: boolean;
  inject?: Parameters<ToolsRig['controls']['inject']>[0];
  change?: string;
  shows?: string[];
  hides?: string[];
  fails?: string[];
}

let rig: ToolsRig;
let ids: Ids;

beforeAll(async () => {
  rig = await startToolsRig({
    playground: { rateLimits: false },
    prepare(playground) {
      ids = layWorld(playground);
      return {};
    },
  });
}, 120_000);
afterAll(() => rig[Symbol.asyncDispose]());

const categories = ['sight', 'elsewhere', 'names', 'arguments', 'posting', 'texts', 'faults', 'callers', 'changes'];
const vocabulary: Vocabulary = {
  ...described,
  category: categories,
  as: 'any',
  tool: /^discord_[a-z_]+$/,
  arguments: 'any',
  kind: ['terminal', 'api'],
  guild: 'any',
  in: 'any',
  operator: [true, false],
  inject: 'any',
  change: 'any',
  shows: 'any',
  hides: 'any',
  fails: 'any',
};

/** What happens on Discord just before the call. */
const changes: Record<string, () => void> = {
  kick: () => rig.controls.removePerson('Kicked'),
  leave: () => rig.controls.leaveThread(ids['privateThread'] ?? '', 'Leaver'),
  close: () => close('closing'),
  deaf: () => {
    rig.controls.injectEvent({ kind: 'drop', t: 'CHANNEL_UPDATE', times: 10 });
    close('deafening');
  },
};

function close(channel: string): void {
  rig.controls.permit(channel, 'Dragoman', { allow: ['VIEW_CHANNEL'] });
  rig.controls.permit(channel, '@everyone', { deny: ['VIEW_CHANNEL'] });
}

testCases<ToolCase>({
  name: 'discord tools',
  cases: loadCorpus<ToolCase>('discord-tools.json').cases,
  vocabulary,
  async run(entry) {
    if (entry.change !== undefined) understood(changes, entry.change, 'change')();
    if (entry.inject) rig.controls.inject(entry.inject);
    try {
      return problems(entry, await call(entry));
    } finally {
      rig.controls.clearFaults();
    }
  },
});

function call(entry: ToolCase): Promise<Answer> {
  const { playground } = rig;
  const id = ids[entry.as] ?? entry.as;
  const roles = entry.operator === false ? [] : [playground.roles.operator];
  return rig.call(entry.tool, withIds(entry.arguments) as Record<string, unknown>, {
    as: { kind: entry.kind ?? 'discord', id, name: entry.as, discordRoles: roles },
    ...(entry.guild !== undefined && { guild: entry.guild }),
    ...(entry.in !== undefined && { in: withIds(entry.in) as string }),
  });
}

/** A value of a case with ids in place of names in braces. */
function withIds(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/\{(\w+)\}/g, (as, name: string) => ids[name] ?? as);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withIds(inner)]));
}

function problems({ shows = [], hides = [], fails }: ToolCase, { text, failed }: Answer): string[] {
  const has = (part: string) => text.includes(withIds(part) as string);
  return [
    ...(failed === (fails !== undefined) ? [] : [`${failed ? 'failed' : 'did not fail'}: ${text}`]),
    ...(fails === undefined || fails.some(has) ? [] : [`none of ${fails.join(' | ')} in: ${text}`]),
    ...shows.filter((part) => !has(part)).map((part) => `does not show ${part}: ${text}`),
    ...hides.filter(has).map((part) => `shows ${part}: ${text}`),
  ];
}
