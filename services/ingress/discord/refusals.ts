import type { Words } from '../language/say.ts';
import type { Key } from '../language/translation.ts';

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
  words: Words;
}

type Reason = Exclude<Extract<Key, `refused.${string}`>, 'refused.unseen' | 'refused.status' | 'refused.lacking'>;

const refusal = (next: Next, key: Reason): Refusal => ({ next, words: (say) => say(key) });
const later = (key: Reason): Refusal => refusal('again', key);
const here = (key: Reason): Refusal => refusal('elsewhere', key);
const closed = refusal('nowhere', 'refused.no-dm');
const over = refusal('channel', 'refused.time-over');
const unchangeable = refusal('anew', 'refused.unchangeable');
const noFiles = refusal('files', 'refused.files');
const noReply = refusal('reference', 'refused.reply');
const malformed = refusal('plain', 'refused.form');
const noGuild = here('refused.no-server');
const noChannel = here('refused.no-channel');
const wrongKind = here('refused.kind');
const fullOfThreads = here('refused.threads');
const stranger = here('refused.app');
const noForumPost = here('refused.forum');

/**
 * Every refusal of Discord's that can come to what we ask for, by its code (docs: Opcodes and Status Codes, JSON Error
 * Codes). Those that only concern other requests (voice, gifts, stickers of a server …) and later ones are judged by
 * their status, below.
 */
export const refusals: Readonly<Record<number, Refusal>> = {
  10_003: noChannel,
  10_004: noGuild,
  10_007: here('refused.no-member'),
  10_008: refusal('leave', 'refused.deleted'),
  10_013: closed,
  10_015: over,
  10_062: over,
  20_009: refusal('words', 'refused.explicit'),
  20_016: later('refused.slow-mode'),
  20_022: later('refused.announcements'),
  20_024: here('refused.age'),
  20_028: later('refused.busy-channel'),
  20_029: later('refused.busy-server'),
  30_015: noFiles,
  30_033: here('refused.thread-full'),
  30_046: later('refused.old-message'),
  40_001: later('refused.token'),
  40_002: here('refused.unverified'),
  40_003: later('refused.many-dms'),
  40_004: later('refused.sending-off'),
  40_005: noFiles,
  40_006: later('refused.switched-off'),
  40_007: here('refused.banned'),
  40_043: later('refused.undelivered'),
  40_058: noForumPost,
  40_060: refusal('done', 'refused.answered'),
  40_062: later('refused.asked-too-much'),
  40_066: noForumPost,
  40_067: noForumPost,
  40_094: here('refused.five-messages'),
  40_333: later('refused.blocked'),
  50_001: {
    next: 'elsewhere',
    words: (say) => say('refused.unseen', { permission: say('permission.view-channel') }),
  },
  50_002: stranger,
  50_003: wrongKind,
  50_005: unchangeable,
  50_006: malformed,
  50_007: closed,
  50_008: wrongKind,
  50_009: here('refused.verification'),
  50_013: here('refused.permission'),
  50_014: later('refused.token'),
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
  50_083: refusal('open', 'refused.archived'),
  50_095: here('refused.region'),
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
  60_003: here('refused.two-factor'),
  110_000: later('refused.not-ready'),
  110_001: later('refused.not-ready'),
  130_000: later('refused.overloaded'),
  160_002: noReply,
  160_005: here('refused.locked'),
  160_006: fullOfThreads,
  160_007: fullOfThreads,
  160_009: noReply,
  160_010: noReply,
  200_000: refusal('words', 'refused.automod'),
  200_001: refusal('words', 'refused.automod-title'),
  220_001: noForumPost,
  220_002: noForumPost,
  220_003: noForumPost,
  220_004: noForumPost,
  240_000: refusal('words', 'refused.harmful-link'),
  400_001: noFiles,
  520_002: malformed,
  520_003: unchangeable,
  520_004: malformed,
};

/** What a refusal without a known code means, by its HTTP status. */
export function refusalOfStatus(status: number): Refusal {
  if (status === 400) return malformed;
  if (status === 403) return here('refused.not-there');
  if (status === 404) return noChannel;
  if (status === 413) return noFiles;
  return { next: 'again', words: (say) => say('refused.status', { code: String(status) }) };
}
