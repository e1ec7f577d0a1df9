import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import type { BusyMode } from '#shared/ground/vocabulary.ts';
import { createLogger } from '#shared/process/log.ts';
import { keys } from '#shared/redis/keys.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { discordRunId } from '#shared/run/request.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import { steerMax } from '#shared/run/steer.ts';
import type { Settings } from '#shared/settings/read-settings.ts';
import { busyButtons } from '../delivery/buttons.ts';
import { nonceOf } from '../delivery/nonce.ts';
import { flags } from '../discord/api.ts';
import { messageSteered } from '../events.ts';
import type { Languages } from '../language/choose.ts';
import { buildRequest, conversationOf, type RequestContext } from '../request/build.ts';
import { plainName } from '../request/names.ts';
import type { Reactions } from '../signs/reactions.ts';
import type { Burst } from '../triggers/bursts.ts';
import type { MessageIndex } from './message-index.ts';

const log = createLogger('door');

interface BusyContext extends RequestContext {
  languages: Languages;
  redis: Redis;
  runs: RunStore;
  index: MessageIndex;
  reactions: Reactions;
}

/**
 * Deals with a message whose author waits for an answer in the same conversation, as their settings say: takes it for
 * the answer to what the model has asked, or hands it to the answer that is being made (`steered`), or stops that one. Undefined: it is a question like any other.
 */
export async function whileBusy(
  ingress: BusyContext,
  burst: Burst,
  settings: Pick<Settings, 'values'>,
): Promise<'steered' | undefined> {
  const [first] = burst.messages;
  const mode: BusyMode = settings.values.busy ?? ingress.config.DISCORD_BUSY;
  const run = await runUnderWay(ingress, conversationOf(first), first.author.id);
  if (!run) return undefined;
  const by = plainName(first.author.name);
  // Reading a message may download its files: that is done once, and only where its words are needed.
  let read: ReturnType<typeof buildRequest> | undefined;
  const build = () => (read ??= buildRequest(burst, ingress));
  if (run.status === 'waiting' && (await answers(ingress, { burst, run, by, build }))) return 'steered';
  if (mode === 'queue') return undefined;
  if (mode === 'interrupt') {
    await ingress.runs.stop(run.id, by);
    return undefined;
  }
  const built = await build();
  // A run hears words; pictures and long files are a question of their own.
  if (!built || (built.request.images?.length ?? 0) > 0 || built.request.text.length > steerMax) return undefined;
  if ((await ingress.runs.steer(run.id, by, built.request.text)) !== 'heard') return undefined;
  await noteSteered(ingress, burst, run.id);
  return 'steered';
}

/** Whether the message answers what the model has asked its author. */
async function answers(
  ingress: BusyContext,
  { burst, run, by, build }: { burst: Burst; run: RunRecord; by: string; build: () => ReturnType<typeof buildRequest> },
): Promise<boolean> {
  const { id } = run;
  const { questions } = foldJournal(await ingress.runs.journal(id));
  const open = [...questions.values()].find(({ answered }) => !answered);
  const built = open && (await build());
  if (!built || built.request.text === '') return false;
  if ((await ingress.runs.answer(id, open.asked.question, { by, text: built.request.text })) !== 'decided')
    return false;
  const [first] = burst.messages;
  await ingress.index.add(
    id,
    burst.messages.map((message) => message.id),
  );
  messageSteered({ message: first.id, run: id, trigger: burst.trigger });
  ingress.reactions.accepted(first.channel, first.id);
  return true;
}

/** The run that is answered now in a conversation, if that person has asked it. */
async function runUnderWay(
  { redis, runs }: BusyContext,
  conversation: string,
  person: string,
): Promise<RunRecord | undefined> {
  const head = await redis.lindex(keys.line(conversation), 0);
  const record = head === null ? undefined : await runs.read(head);
  if (!record || record.status === 'ended' || record.request.caller.id !== person) return undefined;
  return record;
}

/** The message is known to be dealt with only after the run has heard it: a crash in between says it twice, never not. */
async function noteSteered(ingress: BusyContext, { messages, trigger }: Burst, run: string): Promise<void> {
  const [first] = messages;
  await ingress.index.add(
    run,
    messages.map(({ id }) => id),
  );
  messageSteered({ message: first.id, run, trigger });
  ingress.reactions.accepted(first.channel, first.id);
  const isFirst = (await ingress.redis.sadd(keys.discordTold(`discord:${first.author.id}`), 'busy')) === 1;
  const { guild, channel, author } = first;
  const say = await ingress.languages.inPlace({ guild, channel, person: author.id });
  const body = {
    content: `-# ${[say('steer.sent'), ...(isFirst ? [say('steer.tip')] : [])].join(' ')}`,
    flags: flags.suppressEmbeds | flags.silent,
    components: busyButtons(say, run, first.id),
    reply: { message: first.id },
  };
  // Decoration: the answer itself shows what was heard.
  ingress.api.send(first.channel, body, nonceOf(discordRunId(first.id), 'steered')).catch((error: unknown) => {
    log.warn({ what: 'steered', error: errorText(error) }, 'a short answer could not be sent');
  });
}
