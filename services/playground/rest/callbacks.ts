import type { PlaygroundContext } from '../context.ts';
import { interactionMetadata } from '../json/interaction.ts';
import { messageJson } from '../json/message.ts';
import { answerInteraction, awaitsAnswer, InteractionType } from '../state/interactions.ts';
import { createMessage, MessageFlag, type NewMessage } from '../state/messages.ts';
import type { Interaction, Json, Message } from '../state/types.ts';
import { findMessage, must } from '../state/world.ts';
import { applyEdit } from './edit-message.ts';
import { invalidForm, refuse } from './errors.ts';
import { requireClean } from './moderation.ts';
import { NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';
import { storeUploads } from './uploads.ts';
import { checkMessage, requireSomething } from './validate-message.ts';
import { checkModal } from './validate-modal.ts';

/** https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type */
export const Callback = { MESSAGE: 4, DEFER: 5, DEFER_UPDATE: 6, UPDATE: 7, CHOICES: 8, MODAL: 9 } as const;

const MAX_CHOICES = 25;

/** The answers that each kind of interaction takes. */
const FITTING: Record<number, number[]> = {
  [InteractionType.COMMAND]: [Callback.MESSAGE, Callback.DEFER, Callback.MODAL],
  [InteractionType.COMPONENT]: [
    Callback.MESSAGE,
    Callback.DEFER,
    Callback.DEFER_UPDATE,
    Callback.UPDATE,
    Callback.MODAL,
  ],
  [InteractionType.AUTOCOMPLETE]: [Callback.CHOICES],
  [InteractionType.MODAL_SUBMIT]: [Callback.MESSAGE, Callback.DEFER, Callback.DEFER_UPDATE, Callback.UPDATE],
};

export const callbackRoutes: Route[] = [
  { method: 'POST', path: '/interactions/:interaction/:token/callback', authorised: false, handle: callback },
];

/** Takes the first answer to an interaction: only once, within three seconds, and of a type that fits. */
function callback(call: Call): Answer {
  const { world } = call.context;
  const interaction = world.interactions.get(call.params['interaction'] ?? '');
  if (!interaction || interaction.token !== call.params['token']) throw refuse('unknownInteraction');
  if (interaction.answeredWith !== undefined) throw refuse('alreadyAcknowledged');
  if (!awaitsAnswer(world, interaction)) throw refuse('unknownInteraction');
  const type = call.body['type'];
  if (typeof type !== 'number' || !isFitting(interaction, type)) {
    const fitting = FITTING[interaction.type] ?? [];
    throw invalidForm('type', 'BASE_TYPE_CHOICES', `Value must be one of (${fitting.join(', ')}).`);
  }
  const message = perform(call, interaction, type);
  answerInteraction(world, interaction, type);
  return call.query.get('with_response') === 'true' ? ok(report(call.context, interaction, type, message)) : NO_CONTENT;
}

/** When no component opened the modal, there is no message to update. */
function isFitting(interaction: Interaction, type: number): boolean {
  const updates = type === Callback.DEFER_UPDATE || type === Callback.UPDATE;
  if (updates && interaction.messageId === undefined) return false;
  return FITTING[interaction.type]?.includes(type) ?? false;
}

function perform(call: Call, interaction: Interaction, type: number): Message | undefined {
  const data = (call.body['data'] as Json | undefined) ?? {};
  switch (type) {
    case Callback.MESSAGE:
      return keepOriginal(interaction, createMessage(call.context.world, answerMessage(call, interaction, data)));
    case Callback.DEFER:
      return keepOriginal(interaction, createMessage(call.context.world, deferred(call.context, interaction, data)));
    case Callback.DEFER_UPDATE:
      keepOriginal(interaction, componentMessage(call, interaction));
      return undefined;
    case Callback.UPDATE: {
      const message = keepOriginal(interaction, componentMessage(call, interaction));
      return applyEdit(call.context.world, message, data, call.uploads);
    }
    case Callback.CHOICES:
      interaction.choices = checkChoices(data['choices']);
      return undefined;
    default:
      interaction.modal = checkModal(data);
      return undefined;
  }
}

function keepOriginal(interaction: Interaction, message: Message): Message {
  interaction.originalId = message.id;
  interaction.messageIds.add(message.id);
  return message;
}

function componentMessage(call: Call, interaction: Interaction): Message {
  const message = findMessage(call.context.world, interaction.channelId, interaction.messageId ?? '');
  if (!message) throw refuse('unknownMessage');
  return message;
}

function checkChoices(value: unknown): Json[] {
  const choices = Array.isArray(value) ? (value as Json[]) : [];
  if (choices.length > MAX_CHOICES) {
    throw invalidForm('data.choices', 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_CHOICES} or fewer in length.`);
  }
  return choices;
}

/** What all messages of an interaction have in common. Only the person who began it sees ephemeral ones. */
export function messageOfInteraction(
  { world }: PlaygroundContext,
  interaction: Interaction,
  flags: number,
): NewMessage {
  return {
    channel: must(world.channels.get(interaction.channelId), `channel ${interaction.channelId}`),
    authorId: interaction.applicationId,
    flags,
    applicationId: interaction.applicationId,
    interactionMetadata: interactionMetadata(world, interaction),
    ...((flags & MessageFlag.EPHEMERAL) !== 0 && { visibleTo: interaction.userId }),
  };
}

/** Type 20 answers a slash command, 23 a context menu, 19 (a reply) an interaction that came from a message. */
function typeAndReference(
  { world }: PlaygroundContext,
  interaction: Interaction,
): Pick<NewMessage, 'type' | 'reference'> {
  const { messageId, channelId, guildId } = interaction;
  if (interaction.type === InteractionType.COMMAND) return { type: interaction.data['type'] === 1 ? 20 : 23 };
  if (messageId === undefined || !findMessage(world, channelId, messageId)) return {};
  const guild = guildId === undefined ? {} : { guild_id: guildId };
  return { type: 19, reference: { message_id: messageId, channel_id: channelId, ...guild } };
}

function answerMessage(call: Call, interaction: Interaction, data: Json): NewMessage {
  const checked = checkMessage(data, call.uploads);
  requireSomething(checked, call.uploads);
  requireClean(call.context.world, call.context.world.channels.get(interaction.channelId), checked);
  const ephemeral = (checked.flags & MessageFlag.EPHEMERAL) !== 0;
  return {
    ...messageOfInteraction(call.context, interaction, checked.flags),
    ...typeAndReference(call.context, interaction),
    content: checked.content ?? '',
    embeds: checked.embeds ?? [],
    components: checked.components ?? [],
    allowedMentions: checked.allowedMentions ?? { parse: ['users', 'roles', 'everyone'] },
    attachments: storeUploads(call.context.world, interaction.channelId, call.uploads, data['attachments'], ephemeral),
  };
}

/** "… is thinking": type and ephemerality are settled now, and the content comes with the first edit. */
function deferred(context: PlaygroundContext, interaction: Interaction, data: Json): NewMessage {
  const flags = checkMessage(data, []).flags & MessageFlag.EPHEMERAL;
  interaction.ephemeral = flags !== 0;
  return {
    ...messageOfInteraction(context, interaction, flags | MessageFlag.LOADING),
    ...typeAndReference(context, interaction),
  };
}

function report(
  { world }: PlaygroundContext,
  interaction: Interaction,
  type: number,
  message: Message | undefined,
): Json {
  const loading = message !== undefined && (message.flags & MessageFlag.LOADING) !== 0;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      response_message_ephemeral: message?.visibleTo !== undefined,
      ...(loading && { response_message_loading: true }),
      ...(interaction.originalId !== undefined && { response_message_id: interaction.originalId }),
    },
    resource: { type, ...(message && { message: messageJson(world, message, interaction.applicationId) }) },
  };
}
