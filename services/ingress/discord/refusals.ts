/** What is tried after a refusal. Each ends in words somewhere. */
export type Next =
  /** The same again, later: it passes by itself. Discord may have carried it out all the same. */
  | 'again'
  /** The same without a reference to the message that it replies to. */
  | 'reference'
  /** The same without files: their content comes as text. */
  | 'files'
  /** The same without embeds and other ornaments; when it was plain already, words in its place. */
  | 'plain'
  /** Words in its place, because Discord does not let this text stand. */
  | 'words'
  /** The thread is opened, then the same again; when it is locked, elsewhere. */
  | 'open'
  /** The message cannot be changed any more: another one. */
  | 'anew'
  /** The message was deleted, so that nobody wants it: it is left alone. */
  | 'leave'
  /** The interaction's token is over: by the channel; where the bot is no member, elsewhere. */
  | 'channel'
  /** It is answered already: nothing is left to do. */
  | 'done'
  /** This place does not take it: by direct message. */
  | 'elsewhere'
  /** The person cannot be reached by direct message: the log and a metric tell the operator. */
  | 'nowhere';

/** What a refusal means. */
export interface Refusal {
  next: Next;
  /** Why, as a sentence for a person; it follows on "I could not answer in this channel:". */
  words: string;
}

const later = (words: string): Refusal => ({ next: 'again', words });
const here = (words: string): Refusal => ({ next: 'elsewhere', words });
const closed: Refusal = { next: 'nowhere', words: 'You do not take direct messages from me.' };
const over: Refusal = { next: 'channel', words: 'Discord let me write there for 15 minutes only.' };
const unchangeable: Refusal = { next: 'anew', words: 'My message there cannot be changed any more.' };
const noFiles: Refusal = { next: 'files', words: 'Discord does not take the files.' };
const noReply: Refusal = { next: 'reference', words: 'I may not reply to your message there.' };
const malformed: Refusal = { next: 'plain', words: 'Discord did not accept the form of my answer.' };
const noGuild = here('The server is gone, or I am no longer in it.');
const noChannel = here('The channel is gone, or I can no longer see it.');
const wrongKind = here('Messages cannot be written in a channel of this kind.');
const fullOfThreads = here('The server has as many open threads as Discord allows.');
const stranger = here('Discord does not let my app write there.');
const noForumPost = here('A forum takes posts only, not messages.');

/**
 * Every refusal of Discord's that can come to what we ask for, by its code (docs: Opcodes and Status Codes, JSON Error
 * Codes). Those that only concern other requests (voice, gifts, stickers of a server …) and later ones are judged by
 * their status, below.
 */
export const refusals: Readonly<Record<number, Refusal>> = {
  10_003: noChannel,
  10_004: noGuild,
  10_007: here('I am no longer a member of the server.'),
  10_008: { next: 'leave', words: 'The message was deleted.' },
  10_013: closed,
  10_015: over,
  10_062: over,
  20_009: { next: 'words', words: 'Discord holds my answer for explicit.' },
  20_016: later('The channel is in slow mode.'),
  20_022: later('Announcements may be changed only now and then.'),
  20_024: here('Discord does not let me write there because of an age limit.'),
  20_028: later('Too much is written in the channel at the moment.'),
  20_029: later('Too much is written in the server at the moment.'),
  30_015: noFiles,
  30_033: here('The thread has as many members as Discord allows.'),
  30_046: later('A message that is older than an hour may be changed only now and then.'),
  40_001: later('Discord does not accept my token.'),
  40_002: here('Discord wants my account to be verified first.'),
  40_003: later('I opened too many direct messages in a short time.'),
  40_004: later('Discord has switched off sending messages for a while.'),
  40_005: noFiles,
  40_006: later('Discord has switched this off for a while.'),
  40_007: here('I am banned from the server.'),
  40_043: later('Discord could not deliver my answer.'),
  40_058: noForumPost,
  40_060: { next: 'done', words: 'It was answered already.' },
  40_062: later('Too much is asked of this channel at the moment.'),
  40_066: noForumPost,
  40_067: noForumPost,
  40_094: here('Discord allows five further messages to a command there, and these are used up.'),
  40_333: later('Discord’s network blocks my requests at the moment.'),
  50_001: here('I cannot see the channel: I lack the permission *View Channel*.'),
  50_002: stranger,
  50_003: wrongKind,
  50_005: unchangeable,
  50_006: malformed,
  50_007: closed,
  50_008: wrongKind,
  50_009: here('The server asks for a higher verification level than I have.'),
  50_013: here('I lack a permission that is needed there.'),
  50_014: later('Discord does not accept my token.'),
  50_021: noReply,
  50_024: wrongKind,
  50_025: stranger,
  50_026: stranger,
  50_027: over,
  50_033: closed,
  50_035: malformed,
  50_045: noFiles,
  50_046: noFiles,
  50_055: noGuild,
  50_067: stranger,
  50_068: unchangeable,
  50_080: unchangeable,
  50_081: malformed,
  50_083: { next: 'open', words: 'The thread is archived, and I may not open it.' },
  50_095: here('The server is not available where I run.'),
  50_101: noFiles,
  50_109: malformed,
  50_110: noFiles,
  50_123: noFiles,
  50_124: noFiles,
  50_138: noFiles,
  50_146: noFiles,
  50_159: malformed,
  50_160: malformed,
  50_161: malformed,
  50_162: unchangeable,
  50_278: closed,
  50_600: malformed,
  60_003: here('The server asks for two-factor authentication of my owner.'),
  110_000: later('Discord is not ready for this yet.'),
  110_001: later('Discord is not ready for this yet.'),
  130_000: later('Discord is overloaded at the moment.'),
  160_002: noReply,
  160_005: here('The thread is locked.'),
  160_006: fullOfThreads,
  160_007: fullOfThreads,
  160_009: noReply,
  160_010: noReply,
  200_000: { next: 'words', words: 'AutoMod of this server does not let my answer stand.' },
  200_001: { next: 'words', words: 'AutoMod of this server does not let a title stand.' },
  220_001: noForumPost,
  220_002: noForumPost,
  220_003: noForumPost,
  220_004: noForumPost,
  240_000: { next: 'words', words: 'Discord holds a link in my answer for harmful.' },
  400_001: noFiles,
  520_002: malformed,
  520_003: unchangeable,
  520_004: malformed,
};

/** What a refusal without a known code means, by its HTTP status. */
export function refusalOfStatus(status: number): Refusal {
  if (status === 400) return malformed;
  if (status === 403) return here('Discord does not let me write there.');
  if (status === 404) return noChannel;
  if (status === 413) return noFiles;
  return later(`Discord answered ${status}.`);
}
