import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import { callerKey, discordRunId, type Caller } from '#shared/run/request.ts';
import { talkFrom, type StoredTalk, type Talk } from '#shared/run/talks.ts';
import { monthOf, spentField } from '#shared/run/usage.ts';
import {
  settingKeyNames,
  settingKeys,
  settingsFrom,
  type Settings,
  type StoredSettings,
} from '#shared/settings/read-settings.ts';
import { conversationOf } from './build.ts';
import { placeOf, type Asked } from './settings.ts';

/** What is known before a question is accepted. */
export interface Known {
  /** No run has its message yet. */
  isNew: boolean;
  /** How many questions of the caller are unanswered. */
  pending: number;
  /** US dollars that the caller has spent this month. */
  spentUsd: number;
  talk: Talk;
  /** Of a thread: ids of runs and messages that were taken out of it. */
  undone: ReadonlySet<string> | undefined;
  settings: Settings;
}

const knownScript = defineScript(new URL('./known.lua', import.meta.url), {
  keys: ['run', 'joined', 'inflight', 'usage', 'talk', 'undone', ...settingKeyNames],
  args: { spentBy: of<string>() },
  reply:
    of<[known: number, pending: number, spent: string, talk: StoredTalk, undone: string[], settings: StoredSettings]>(),
});

/** Reads it in one command: a question's first sign waits for nothing else. `asked`: its message or command. */
export async function readKnown(
  { redis }: { redis: Redis },
  asked: Asked & { id: string } & Parameters<typeof conversationOf>[0],
  caller: Caller,
): Promise<Known> {
  const who = callerKey(caller);
  const conversation = conversationOf(asked);
  const isThread = asked.kind === 'thread';
  const [known, pending, spent, talk, undone, settings] = await knownScript(
    redis,
    {
      run: keys.run(discordRunId(asked.id)),
      joined: keys.discordJoined(asked.id),
      inflight: keys.inflight(who),
      usage: keys.usage(monthOf(Date.now())),
      talk: keys.talk(conversation),
      undone: keys.undone(isThread ? conversation : 'none'),
      ...settingKeys(placeOf(asked)),
    },
    { spentBy: spentField(who) },
  );
  return {
    isNew: known === 0,
    pending,
    spentUsd: Number(spent),
    talk: talkFrom(talk),
    undone: isThread ? new Set(undone) : undefined,
    settings: settingsFrom(settings),
  };
}
