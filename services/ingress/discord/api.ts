import { setTimeout as sleep } from 'node:timers/promises';
import {
  Routes,
  type APIApplicationCommand,
  type APIMessage,
  type APIDMChannel,
  type RawFile,
  type REST,
} from 'discord.js';
import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import { failureOf, refusalOf } from './errors.ts';
import type { InvalidRequestGuard } from './invalid-requests.ts';
import { withUrgency, type Urging } from './paced-rest.ts';
import { urgency, type Urgency } from './pacer.ts';

const log = createLogger('discord');

/** The part of a message's body that we set; the keys are Discord's own. */
export interface MessageBody {
  content?: string;
  embeds?: object[];
  components?: object[];
  flags?: number;
  files?: RawFile[];
  reply?: { message: string };
}

/** The requests to Discord. No message that leaves here pings anybody, whatever its text says. */
export interface DiscordApi {
  /** Makes one attempt; the caller decides what an unsure outcome means. The same nonce makes one message. */
  send(channel: string, body: MessageBody, nonce: string, check?: Urging['check']): Promise<APIMessage>;
  edit(channel: string, message: string, body: MessageBody, options?: RequestOptions): Promise<APIMessage>;
  remove(channel: string, message: string): Promise<void>;
  typing(channel: string): Promise<void>;
  react(channel: string, message: string, emoji: string): Promise<void>;
  unreact(channel: string, message: string, emoji: string): Promise<void>;
  messages(channel: string, query: { after?: string; before?: string; limit: number }): Promise<APIMessage[]>;
  message(channel: string, message: string): Promise<APIMessage>;
  openDm(user: string): Promise<string>;
  /** Answers an interaction; `type` is one of Discord's InteractionCallbackType. */
  respond(interaction: InteractionRef, type: number, data?: object, files?: RawFile[]): Promise<void>;
  /** What the token of an interaction allows for 15 minutes, also where the bot is no member. */
  hook: {
    /** Writes a message of the interaction anew; `original` is its first answer, also one that is deferred. */
    edit(hook: Hook, message: string, body: MessageBody): Promise<APIMessage>;
    /** Posts a further message. Discord knows no nonce here, so that a repeated one can stand twice. */
    post(hook: Hook, body: MessageBody): Promise<APIMessage>;
    remove(hook: Hook, message: string): Promise<void>;
  };
  /** Opens an archived thread. */
  openThread(thread: string): Promise<void>;
  commands: {
    list(application: string): Promise<APIApplicationCommand[]>;
    /** Makes these the only commands; those that exist under the same name and type keep their ids. */
    replace(application: string, commands: object[]): Promise<void>;
  };
}

export interface Hook {
  application: string;
  token: string;
}

export interface InteractionRef {
  id: string;
  token: string;
}

export interface RequestOptions extends Omit<Urging, 'level'> {
  urgency?: Urgency;
}

/**
 * Message flags: no link previews, no notification sound, text within the components. Ephemeral: only the person of the
 * interaction sees it.
 */
export const flags = { suppressEmbeds: 1 << 2, ephemeral: 1 << 6, silent: 1 << 12, layout: 1 << 15 } as const;

/** The message that first answers an interaction. */
export const original = '@original';

const nobody = { parse: [], replied_user: false };

/** Without it Discord does not tell which message it made. */
const waited = new URLSearchParams({ wait: 'true' });

export function createDiscordApi(rest: REST, guard: InvalidRequestGuard): DiscordApi {
  /** For requests that may be repeated: tries again after 5xx and lost connections, three times within some seconds. */
  async function repeatable<T>(
    level: Urgency,
    request: () => Promise<unknown>,
    options: Omit<Urging, 'level'> = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      guard.admit(level);
      try {
        return (await withUrgency({ ...options, level }, request)) as T;
      } catch (error) {
        if (attempt > 3 || options.superseded?.aborted || failureOf(error) !== 'unsure') throw error;
        log.debug({ attempt, error: errorText(error) }, 'request to Discord is tried again');
        await sleep(250 * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }
  const { sign, answer, edit, decoration } = urgency;
  return {
    async send(channel, body, nonce, check) {
      guard.admit(answer);
      const request = withFiles({ ...payload(body), nonce, enforce_nonce: true }, body.files);
      const send = () => rest.post(Routes.channelMessages(channel), request);
      return (await withUrgency({ level: answer, check }, send)) as APIMessage;
    },
    edit: (channel, message, body, options = {}) =>
      repeatable(
        options.urgency ?? edit,
        () => rest.patch(Routes.channelMessage(channel, message), withFiles(whole(body), body.files)),
        options,
      ),
    remove: (channel, message) => repeatable(answer, () => rest.delete(Routes.channelMessage(channel, message))),
    typing: (channel) => repeatable(sign, () => rest.post(Routes.channelTyping(channel))),
    react: (channel, message, emoji) =>
      repeatable(decoration, () =>
        rest.put(Routes.channelMessageOwnReaction(channel, message, encodeURIComponent(emoji))),
      ),
    unreact: (channel, message, emoji) =>
      repeatable(decoration, () =>
        rest.delete(Routes.channelMessageOwnReaction(channel, message, encodeURIComponent(emoji))),
      ),
    messages: (channel, query) =>
      repeatable(answer, () => rest.get(Routes.channelMessages(channel), { query: queryOf(query) })),
    message: (channel, message) => repeatable(answer, () => rest.get(Routes.channelMessage(channel, message))),
    async openDm(user) {
      const channel = await repeatable<APIDMChannel>(answer, () =>
        rest.post(Routes.userChannels(), { body: { recipient_id: user } }),
      );
      return channel.id;
    },
    async respond({ id, token }, type, data, files) {
      const attachments = files && { attachments: files.map(({ name }, index) => ({ id: index, filename: name })) };
      const body =
        data === undefined ? { type } : { type, data: { allowed_mentions: nobody, ...data, ...attachments } };
      let tries = 0;
      try {
        await repeatable(answer, () => {
          tries += 1;
          return rest.post(Routes.interactionCallback(id, token), { ...withFiles(body, files), auth: false });
        });
      } catch (error) {
        // It was our own first try that Discord has carried out, though it did not say so.
        if (tries === 1 || refusalOf(error).next !== 'done') throw error;
      }
    },
    hook: {
      edit: ({ application, token }, message, body) =>
        repeatable(answer, () =>
          rest.patch(Routes.webhookMessage(application, token, message), {
            ...withFiles(whole(body), body.files),
            auth: false,
          }),
        ),
      async post({ application, token }, body) {
        const request = { ...withFiles(payload(body), body.files), auth: false };
        return (await rest.post(Routes.webhook(application, token), { ...request, query: waited })) as APIMessage;
      },
      remove: ({ application, token }, message) =>
        repeatable(answer, () => rest.delete(Routes.webhookMessage(application, token, message), { auth: false })),
    },
    openThread: (thread) => repeatable(answer, () => rest.patch(Routes.channel(thread), { body: { archived: false } })),
    commands: {
      list: (application) =>
        repeatable(answer, () =>
          rest.get(Routes.applicationCommands(application), {
            query: new URLSearchParams({ with_localizations: 'true' }),
          }),
        ),
      async replace(application, commands) {
        await repeatable(answer, () => rest.put(Routes.applicationCommands(application), { body: commands }));
      },
    },
  };
}

function payload(body: MessageBody): Record<string, unknown> {
  const { files, reply, ...rest } = body;
  return {
    ...rest,
    allowed_mentions: nobody,
    ...(reply && { message_reference: { message_id: reply.message, fail_if_not_exists: false } }),
    ...(files && { attachments: files.map(({ name }, index) => ({ id: index, filename: name })) }),
  };
}

/** A body that replaces an earlier one and all of its files: Discord keeps what is not named. */
function whole(body: MessageBody): Record<string, unknown> {
  return { attachments: [], ...payload(body) };
}

function withFiles(body: object, files: RawFile[] | undefined): { body: object; files?: RawFile[] } {
  return files ? { body, files } : { body };
}

function queryOf(query: { after?: string; before?: string; limit: number }): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters;
}
