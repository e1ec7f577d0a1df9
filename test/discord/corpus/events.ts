import { registry } from '#shared/process/metrics.ts';
import type { Playground } from '#services/playground/start.ts';
import { until } from '../played-worker.ts';

/** How often the ingress of this process has counted an event. */
async function counted(event: string): Promise<number> {
  const found = await registry.getSingleMetric('dragoman_discord_events_total')?.get();
  return found?.values.find(({ labels }) => labels['event'] === event)?.value ?? 0;
}

/** Calls `send` and waits until the ingress has dropped the message that it causes. */
export async function dropped(send: () => void): Promise<void> {
  const before = await counted('dropped');
  send();
  await until('the message is dropped', async () => (await counted('dropped')) > before);
}

export interface RawMessage {
  channel?: string;
  author: { id: string; username: string; bot?: boolean; system?: boolean };
  content: string;
  /** Other fields of Discord's JSON of a message. */
  fields?: Record<string, unknown>;
}

let last = 0n;

/** Sends a message through the gateway as Discord writes it; it addresses the bot. Returns its id. */
export function dispatchMessage(playground: Playground, { channel, author, content, fields }: RawMessage): string {
  // The id comes from another of Discord's machines than the playground's own ids.
  const now = (BigInt(Date.now() - Date.UTC(2015, 0)) << 22n) | (1n << 17n);
  last = now > last ? now : last + 1n;
  const { botId, guildId, channels, controls } = playground;
  controls.dispatch('MESSAGE_CREATE', {
    id: String(last),
    channel_id: channel ?? channels.general,
    guild_id: guildId,
    author: { discriminator: '0', global_name: author.username, avatar: null, ...author },
    type: 0,
    content: `<@${botId}> ${content}`,
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [{ id: botId, username: 'Dragoman', discriminator: '0', avatar: null, bot: true }],
    mention_roles: [],
    attachments: [],
    embeds: [],
    components: [],
    pinned: false,
    flags: 0,
    ...fields,
  });
  return String(last);
}
