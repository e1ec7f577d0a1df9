import type { Redis } from 'ioredis';
import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import { callerSchema, promptLayers, type RunRequestInput, type ScopedPrompt } from '#shared/run/request.ts';
import { settingsOf } from '#shared/settings/change-settings.ts';
import { readSettings, type Settings } from '#shared/settings/read-settings.ts';
import { ownerOf, settingScopes, type Place } from '#shared/settings/scopes.ts';
import type { IncomingMessage } from '../discord/incoming.ts';
import type { Reads } from '../discord/reads.ts';
import { plainName } from './names.ts';

const log = createLogger('settings');

/** What reading and using settings takes of the ingress. */
export interface SettingsContext {
  /** Fails fast. */
  redis: Redis;
  policy: PolicySource;
  reads: Pick<Reads, 'nameOf'>;
}

export type Asked = Pick<IncomingMessage, 'guild' | 'channel' | 'parent'> & { author: { id: string } };

/** The place in which somebody asks, as settings know it. */
export function placeOf({ guild, channel, parent, author }: Asked): Place {
  return { guild, channel, parent, person: `discord:${author.id}` };
}

/** The settings of the place in which somebody asks, in one round trip. */
export function settingsAt({ redis }: Pick<SettingsContext, 'redis'>, asked: Asked): Promise<Settings> {
  return readSettings(redis, placeOf(asked));
}

/** A request with what the settings of its place say: they count as they stand when it is accepted. */
export function withSettings(
  request: RunRequestInput,
  settings: Settings,
  ingress: Pick<SettingsContext, 'policy' | 'reads'>,
): RunRequestInput {
  const { discord } = request;
  const { progress, footer, mode } = settings.values;
  const display = { ...(progress && { progress }), ...(footer && { footer }) };
  const model = modelFor(request, settings, ingress);
  const prompt = promptFor(request, settings, ingress);
  return {
    ...(mode && { mode }),
    ...request,
    ...(model !== undefined && { model }),
    ...(prompt && { prompt }),
    ...(discord && { discord: { ...discord, ...(Object.keys(display).length > 0 && { display }) } }),
  };
}

/** Of the models that are set, the one that stands above and that the person may use. */
export function modelFor(
  { caller }: Pick<RunRequestInput, 'caller'>,
  { layers }: Pick<Settings, 'layers'>,
  { policy }: Pick<SettingsContext, 'policy'>,
): string | undefined {
  const who = callerSchema.parse(caller);
  const set = settingScopes.toReversed().flatMap((scope) => layers[scope]?.model ?? []);
  return set.find((model) => policy.current().mayUseModel(who, model));
}

/** Undefined where nothing is set and nothing has a name, as in direct messages. */
function promptFor(
  { caller, discord }: RunRequestInput,
  settings: Settings,
  { reads }: Pick<SettingsContext, 'reads'>,
): ScopedPrompt | undefined {
  const layers = promptLayers.flatMap((of) => {
    const text = of === 'persona' ? settings.persona?.text : settings.layers[of]?.prompt;
    return text === undefined ? [] : [{ of, text }];
  });
  const server = caller.guild === undefined ? undefined : reads.nameOf(caller.guild);
  const channel = discord && reads.nameOf(discord.channel);
  const names = {
    ...(server !== undefined && { server: plainName(server) }),
    ...(channel !== undefined && { channel: plainName(channel) }),
  };
  return layers.length + Object.keys(names).length === 0 ? undefined : { layers, ...names };
}

/** The same context, where those whom the server has named may decide approvals too. */
export async function withServersApprovers<T extends { redis: Redis; config: { DISCORD_APPROVERS: string[] } }>(
  ingress: T,
  guild: string | undefined,
): Promise<T> {
  if (guild === undefined) return ingress;
  const { approvers = [] } = await settingsOf(ingress.redis, `server:${guild}`);
  const all = [...ingress.config.DISCORD_APPROVERS, ...approvers];
  return { ...ingress, config: { ...ingress.config, DISCORD_APPROVERS: all } };
}

/** Whether the server's own list of channels lets the bot answer there. */
export function answersIn(
  { values: { channels } }: Pick<Settings, 'values'>,
  asked: Pick<Asked, 'channel' | 'parent'>,
): boolean {
  return !channels || channels.includes(asked.channel) || channels.includes(asked.parent ?? asked.channel);
}

/** What was set for one question has served it. Never rejects; what stays is forgotten within the hour. */
export function useOnce({ redis }: Pick<SettingsContext, 'redis'>, asked: Asked, settings: Settings): void {
  const owner = settings.layers.once && ownerOf('once', placeOf(asked));
  if (owner === undefined) return;
  redis.unlink(keys.settings(owner)).catch((error: unknown) => {
    log.warn({ error: errorText(error) }, 'what was set for one question could not be forgotten');
  });
}
