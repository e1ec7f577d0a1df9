import { editMessage, MessageFlag } from '../state/messages.ts';
import type { Json, Message } from '../state/types.ts';
import type { World } from '../state/world.ts';
import type { Upload } from './body.ts';
import { refuse } from './errors.ts';
import { requireClean } from './moderation.ts';
import { editedAttachments } from './uploads.ts';
import { checkMessage, type CheckedMessage } from './validate-message.ts';

/** Applies an edit's body to a message. Keys that the body does not name stay as they are. */
export function applyEdit(world: World, message: Message, body: Json, uploads: Upload[]): Message {
  const checked = checkMessage(body, uploads, message.flags);
  requireClean(world, world.channels.get(message.channel_id), checked);
  const attachments = editedAttachments(world, message.channel_id, message.attachments, uploads, body['attachments']);
  refuseEmptied(message, checked, attachments?.length ?? message.attachments.length);
  return editMessage(world, message, {
    ...(checked.content !== undefined && { content: checked.content }),
    ...(checked.embeds && { embeds: checked.embeds }),
    ...(checked.components && { components: checked.components }),
    ...(attachments && { attachments }),
    ...(checked.allowedMentions && { allowedMentions: checked.allowedMentions }),
    ...('flags' in body && { flags: editedFlags(message, checked.flags) }),
  });
}

export function editedFlags(message: Message, wanted: number): number {
  const changeable = MessageFlag.SUPPRESS_EMBEDS;
  // Components v2 can be switched on by an edit, but never off again.
  return (message.flags & ~changeable) | (wanted & (changeable | MessageFlag.COMPONENTS_V2));
}

/** Refuses an edit that would leave nothing, as an empty message is refused. */
function refuseEmptied(message: Message, change: CheckedMessage, attachments: number): void {
  const left =
    (change.content ?? message.content).trim() !== '' ||
    (change.embeds ?? message.embeds).length > 0 ||
    (change.components ?? message.components).length > 0 ||
    attachments > 0 ||
    message.poll !== undefined;
  if (!left) throw refuse('emptyMessage');
}
