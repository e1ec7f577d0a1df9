import type { Json } from '../state/types.ts';

/** A refusal in Discord's shape {code, message, errors?}. */
export class DiscordError extends Error {
  override name = 'DiscordError';
  status: number;
  code: number;
  errors: Json | undefined;

  constructor(status: number, code: number, message: string, errors?: Json) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  body(): Json {
    return { message: this.message, code: this.code, ...(this.errors && { errors: this.errors }) };
  }
}

/** The refusals the playground knows; https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const REFUSALS = {
  unauthorized: [401, 0, '401: Unauthorized'],
  notFound: [404, 0, '404: Not Found'],
  methodNotAllowed: [405, 0, '405: Method Not Allowed'],
  unknownChannel: [404, 10003, 'Unknown Channel'],
  unknownGuild: [404, 10004, 'Unknown Guild'],
  unknownMember: [404, 10007, 'Unknown Member'],
  unknownMessage: [404, 10008, 'Unknown Message'],
  unknownRole: [404, 10011, 'Unknown Role'],
  unknownUser: [404, 10013, 'Unknown User'],
  unknownEmoji: [400, 10014, 'Unknown Emoji'],
  unknownWebhook: [404, 10015, 'Unknown Webhook'],
  unknownInteraction: [404, 10062, 'Unknown interaction'],
  unknownCommand: [404, 10063, 'Unknown application command'],
  fileTooLarge: [413, 40005, 'Request entity too large'],
  alreadyAcknowledged: [400, 40060, 'Interaction has already been acknowledged.'],
  missingAccess: [403, 50001, 'Missing Access'],
  notTheAuthor: [403, 50005, 'Cannot edit a message authored by another user'],
  emptyMessage: [400, 50006, 'Cannot send an empty message'],
  cannotDm: [403, 50007, 'Cannot send messages to this user'],
  missingPermissions: [403, 50013, 'Missing Permissions'],
  invalidWebhookToken: [401, 50027, 'Invalid Webhook Token'],
  wrongChannelType: [400, 50024, 'Cannot execute action on this channel type'],
  tooOldForBulkDelete: [400, 50034, 'A message provided was too old to bulk delete'],
  threadExists: [400, 160004, 'A thread has already been created for this message'],
  threadArchived: [400, 50083, 'Thread is archived'],
  threadLocked: [400, 160005, 'Thread is locked'],
  noHistory: [400, 160002, 'Cannot reply without permission to read message history'],
  autoMod: [400, 200000, 'Message was blocked by automatic moderation'],
  autoModTitle: [400, 200001, 'Title was blocked by automatic moderation'],
  harmfulLink: [400, 240000, 'Message blocked by harmful links filter'],
  tooManyFollowUps: [400, 40094, 'This interaction has hit the maximum number of follow up messages.'],
  tooManyThreads: [400, 160006, 'Maximum number of active threads reached'],
  invalidJson: [400, 50109, 'The request body contains invalid JSON.'],
  maxPins: [400, 30003, 'Maximum number of pins reached (50)'],
} as const;

export type Refusal = keyof typeof REFUSALS;

export function refuse(kind: Refusal): DiscordError {
  const [status, code, message] = REFUSALS[kind];
  return new DiscordError(status, code, message);
}

/** 400 50035 with Discord's tree of what is wrong and where. `field` is a path such as `embeds.0.title`. */
export function invalidForm(field: string, code: string, message: string): DiscordError {
  let tree: Json = { _errors: [{ code, message }] };
  for (const key of field.split('.').toReversed()) tree = { [key]: tree };
  return new DiscordError(400, 50035, 'Invalid Form Body', tree);
}

export function tooLong(field: string, max: number, min = 0): DiscordError {
  return min > 0
    ? invalidForm(field, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
    : invalidForm(field, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
}
