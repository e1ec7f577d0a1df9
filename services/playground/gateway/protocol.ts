/** Gateway opcodes and close codes; https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway */
export const Op = {
  DISPATCH: 0,
  HEARTBEAT: 1,
  IDENTIFY: 2,
  PRESENCE: 3,
  VOICE: 4,
  RESUME: 6,
  RECONNECT: 7,
  REQUEST_MEMBERS: 8,
  INVALID_SESSION: 9,
  HELLO: 10,
  HEARTBEAT_ACK: 11,
} as const;

export const Close = {
  UNKNOWN: 4000,
  UNKNOWN_OPCODE: 4001,
  DECODE_ERROR: 4002,
  NOT_AUTHENTICATED: 4003,
  AUTHENTICATION_FAILED: 4004,
  ALREADY_AUTHENTICATED: 4005,
  INVALID_SEQ: 4007,
  RATE_LIMITED: 4008,
  SESSION_TIMED_OUT: 4009,
  INVALID_SHARD: 4010,
  INVALID_VERSION: 4012,
  INVALID_INTENTS: 4013,
  DISALLOWED_INTENTS: 4014,
} as const;

export interface Payload {
  op: number;
  d: unknown;
  s: number | null;
  t: string | null;
}

/** How many payloads a client may send in a minute, and how large one may be. */
export const MAX_SENDS_PER_MINUTE = 120;
export const MAX_PAYLOAD_BYTES = 4096;
