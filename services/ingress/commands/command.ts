import type { Answer } from '../interactions/answer.ts';
import type { IncomingInteraction } from '../interactions/interaction.ts';
import type { InteractionParts } from '../interactions/parts.ts';

/** A command as Discord registers it; Discord's own key names (docs: Application Command Object). */
export interface CommandDefinition {
  name: string;
  /** 1 slash command, 3 context menu of a message. */
  type: 1 | 3;
  /** Empty for context menus. */
  description: string;
  options?: CommandOption[];
}

export interface CommandOption {
  /** 3 text, 6 person, 11 file. */
  type: 3 | 6 | 11;
  name: string;
  description: string;
  required?: boolean;
  max_length?: number;
}

export interface Command {
  definition: CommandDefinition;
  /** Its answer is for everybody. */
  public?: boolean;
  use(interaction: IncomingInteraction, parts: InteractionParts): Promise<Answer>;
}
