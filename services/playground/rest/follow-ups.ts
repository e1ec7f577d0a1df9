import { messageJson } from '../json/message.ts';
import { interactionByToken, tokenIsAlive } from '../state/interactions.ts';
import { isOnlyOfAPerson } from '../state/permissions.ts';
import { createMessage, deleteMessages, MessageFlag } from '../state/messages.ts';
import type { Interaction, Message } from '../state/types.ts';
import { findMessage, must } from '../state/world.ts';
import { messageOfInteraction } from './callbacks.ts';
import { applyEdit } from './edit-message.ts';
import { refuse } from './errors.ts';
import { requireClean } from './moderation.ts';
import { Shape } from './rate-limits.ts';
import { NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';
import { storeUploads } from './uploads.ts';
import { checkMessage, requireSomething } from './validate-message.ts';

/** For apps that a person installed for themselves, where the bot is no member. */
const MAX_FOLLOW_UPS = 5;

const HOOK = '/webhooks/:application/:token';
const MESSAGE = `${HOOK}/messages/:message`;
const open = { authorised: false, limit: Shape.webhook };

/** What an interaction's token allows for fifteen minutes, without any bot token. */
export const followUpRoutes: Route[] = [
  { method: 'POST', path: HOOK, ...open, handle: followUp },
  { method: 'GET', path: MESSAGE, ...open, handle: getMessage },
  { method: 'PATCH', path: MESSAGE, ...open, handle: editOne },
  { method: 'DELETE', path: MESSAGE, ...open, handle: deleteOne },
];

/** The interaction of this token. It is unknown before the first answer and invalid after fifteen minutes. */
function interactionIn(call: Call): Interaction {
  const { world } = call.context;
  const found = interactionByToken(world, call.params['application'] ?? '', call.params['token'] ?? '');
  if (!found || found.answeredWith === undefined) throw refuse('unknownWebhook');
  if (!tokenIsAlive(world, found)) throw refuse('invalidWebhookToken');
  return found;
}

function messageOf(call: Call, interaction: Interaction): Message {
  const wanted = call.params['message'];
  const id = wanted === '@original' ? interaction.originalId : wanted;
  const message = findMessage(call.context.world, interaction.channelId, id ?? '');
  if (!message || !interaction.messageIds.has(message.id)) throw refuse('unknownMessage');
  return message;
}

function shown(call: Call, message: Message): Answer {
  return ok(messageJson(call.context.world, message, call.params['application']));
}

function getMessage(call: Call): Answer {
  return shown(call, messageOf(call, interactionIn(call)));
}

function editOne(call: Call): Answer {
  const message = messageOf(call, interactionIn(call));
  return shown(call, applyEdit(call.context.world, message, call.body, call.uploads));
}

function deleteOne(call: Call): Answer {
  const { world } = call.context;
  const interaction = interactionIn(call);
  const message = messageOf(call, interaction);
  deleteMessages(world, must(world.channels.get(message.channel_id), 'channel of that message'), [message.id]);
  return NO_CONTENT;
}

/** Posts a further message. While the first answer is still deferred, it replaces that one, as on Discord. */
function followUp(call: Call): Answer {
  const { world } = call.context;
  const interaction = interactionIn(call);
  const checked = checkMessage(call.body, call.uploads);
  requireSomething(checked, call.uploads);
  const original = findMessage(world, interaction.channelId, interaction.originalId ?? '');
  if (original && (original.flags & MessageFlag.LOADING) !== 0) {
    const { flags: _, ...body } = call.body;
    return shown(call, applyEdit(world, original, body, call.uploads));
  }
  requireClean(world, world.channels.get(interaction.channelId), checked);
  if (interaction.followUps >= MAX_FOLLOW_UPS && isOnlyOfAPerson(world, interaction)) throw refuse('tooManyFollowUps');
  interaction.followUps += 1;
  const ephemeral = (checked.flags & MessageFlag.EPHEMERAL) !== 0;
  const message = createMessage(world, {
    ...messageOfInteraction(call.context, interaction, checked.flags),
    ...(original && { type: 19, reference: referenceTo(original) }),
    content: checked.content ?? '',
    embeds: checked.embeds ?? [],
    components: checked.components ?? [],
    allowedMentions: checked.allowedMentions ?? { parse: ['users', 'roles', 'everyone'] },
    attachments: storeUploads(world, interaction.channelId, call.uploads, call.body['attachments'], ephemeral),
  });
  interaction.messageIds.add(message.id);
  return shown(call, message);
}

function referenceTo(message: Message) {
  const guild = message.guild_id === undefined ? {} : { guild_id: message.guild_id };
  return { message_id: message.id, channel_id: message.channel_id, ...guild };
}
