import type { PlaygroundContext } from '../context.ts';
import { findComponent } from './components.ts';
import { commandData, commandNamed, type CommandUse } from './command-data.ts';
import { channelNamed, messageWithId, userNamed } from './find.ts';
import { handleOf, type Interacted } from './outcome.ts';
import { chosenValues, MENUS } from './menu-data.ts';
import { modalData, type FieldValue } from './modal-data.ts';
import { resolvedOf, startResolving } from './resolved.ts';
import { createInteraction, InteractionType } from '../state/interactions.ts';
import { canSeeMessage } from '../state/permissions.ts';
import type { Channel, Interaction, Json, Message, NewInteraction, User } from '../state/types.ts';
import { must } from '../state/world.ts';

/** Uses slash commands, context menus, buttons, select menus and modals as a person. Throws when one cannot be used. */
export interface InteractControls {
  /**
   * Uses a command of the bot. `options` go by name: text, numbers, booleans, or ids or names of people, channels and
   * roles. `subcommand` is `group name` or `name`, for a command that has subcommands. `target` is the message or
   * person of a context menu.
   */
  command(use: CommandUse): Interacted;
  /** What the bot suggests for the option `focused` while the person types. Resolves within three seconds. */
  autocomplete(use: CommandUse & { focused: string }): Promise<{ name: string; value: string | number }[]>;
  /** Presses a button, which is found by its custom id or its label. */
  click(press: { message: string; author: string; customId?: string; label?: string }): Interacted;
  /** Chooses from a select menu. People, roles and channels go by id or name. */
  select(choice: { message: string; author: string; customId?: string; values: string[] }): Interacted;
  /**
   * Sends the modal that the bot answered `interaction` with. `values` go by custom id; other fields stay as they were
   * filled in.
   */
  submitModal(submit: { interaction: string; author?: string; values: Record<string, FieldValue> }): Interacted;
}

export function interactControls(context: PlaygroundContext): InteractControls {
  return {
    command: (use) => handleOf(context, useCommand(context, use, InteractionType.COMMAND)),
    async autocomplete(use) {
      const handle = handleOf(context, useCommand(context, use, InteractionType.AUTOCOMPLETE, use.focused));
      const { choices } = await handle.outcome();
      return (choices ?? []) as { name: string; value: string | number }[];
    },
    click(press) {
      const { message, person } = visible(context, press.message, press.author);
      const button = findComponent(message, press, [2]);
      if (button['style'] === 5) throw new Error('A link button opens its address; no bot hears of it.');
      return handleOf(context, useComponent(context, message, person, button, {}));
    },
    select(choice) {
      const { message, person } = visible(context, choice.message, choice.author);
      const menu = findComponent(message, choice, [...MENUS]);
      return handleOf(
        context,
        useComponent(context, message, person, menu, selectData(context, message, menu, choice.values)),
      );
    },
    submitModal: (submit) => handleOf(context, sendModal(context, submit)),
  };
}

/** Where an interaction takes place, and which person began it. */
function placeOf(context: PlaygroundContext, channel: Channel, person: User): Omit<NewInteraction, 'type' | 'data'> {
  return {
    applicationId: context.bot.userId,
    userId: person.id,
    channelId: channel.id,
    ...(channel.guild_id !== undefined && { guildId: channel.guild_id }),
  };
}

function useCommand(context: PlaygroundContext, use: CommandUse, type: number, focused?: string): Interaction {
  const channel = channelNamed(context, use.channel);
  const person = userNamed(context, use.author);
  const command = commandNamed(context, channel, person, use);
  const data = commandData(context, command, channel, use, focused);
  return createInteraction(context.world, { ...placeOf(context, channel, person), type, data });
}

function visible(context: PlaygroundContext, messageId: string, author: string): { message: Message; person: User } {
  const message = messageWithId(context, messageId);
  const person = userNamed(context, author);
  if (canSeeMessage(context.world, message, person.id)) return { message, person };
  throw new Error(`${person.username} cannot see that message.`);
}

function useComponent(
  context: PlaygroundContext,
  message: Message,
  person: User,
  component: Json,
  extra: Json,
): Interaction {
  const channel = must(context.world.channels.get(message.channel_id), 'channel of that message');
  return createInteraction(context.world, {
    ...placeOf(context, channel, person),
    applicationId: message.author_id,
    type: InteractionType.COMPONENT,
    messageId: message.id,
    data: { id: component['id'], component_type: component['type'], custom_id: component['custom_id'], ...extra },
  });
}

function selectData(context: PlaygroundContext, message: Message, menu: Json, values: string[]): Json {
  const channel = must(context.world.channels.get(message.channel_id), 'channel of that message');
  const resolving = startResolving(context, channel);
  return { values: chosenValues(resolving, menu, values), ...resolvedOf(resolving) };
}

function sendModal(context: PlaygroundContext, submit: Parameters<InteractControls['submitModal']>[0]): Interaction {
  const opener = must(context.world.interactions.get(submit.interaction), `interaction ${submit.interaction}`);
  const modal = must(opener.modal, `modal of interaction ${submit.interaction}`);
  const channel = must(context.world.channels.get(opener.channelId), 'channel of that interaction');
  return createInteraction(context.world, {
    applicationId: opener.applicationId,
    type: InteractionType.MODAL_SUBMIT,
    userId: submit.author === undefined ? opener.userId : userNamed(context, submit.author).id,
    channelId: opener.channelId,
    data: modalData(startResolving(context, channel), modal, submit.values),
    ...(opener.guildId !== undefined && { guildId: opener.guildId }),
    ...(opener.messageId !== undefined && { messageId: opener.messageId }),
  });
}
