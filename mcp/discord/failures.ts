import { DiscordAPIError } from 'discord.js';
import { ToolError } from '#mcp/kit.ts';

const codes = { unknownChannel: 10_003, missingAccess: 50_001, missingPermissions: 50_013 };

/** The sentence that a failed request to Discord means for a model. Defects and ToolErrors stay as they are. */
export function asToolError(error: unknown): unknown {
  if (error instanceof ToolError || isDefect(error)) return error;
  if (!(error instanceof DiscordAPIError)) {
    return new ToolError('Discord does not answer at the moment. Try again later, or tell the user.');
  }
  if (error.code === codes.unknownChannel || error.status === 404) {
    return new ToolError(
      'This channel or message is not there any more. discord_list_channels tells which channels are.',
    );
  }
  if (error.status === 403) {
    const what = error.code === codes.missingAccess ? 'View Channel' : 'a permission';
    return new ToolError(
      `Discord refuses it: the bot lacks ${what} there. Tell the user; who manages the server can grant it.`,
    );
  }
  if (error.status === 429) return new ToolError('Discord limits requests at the moment. Try again in a minute.');
  if (error.status >= 500) return new ToolError('Discord fails at the moment. Try again later, or tell the user.');
  return new ToolError(`Discord refuses it (code ${error.code}). Tell the user.`);
}

/** Errors of ours, which the log must show as they are; lost connections come as others. */
function isDefect(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
}

/** True when Discord says that there is no such thing, or that the bot may not see it. */
export function isHidden(error: unknown): boolean {
  return error instanceof DiscordAPIError && (error.status === 404 || error.status === 403);
}
