import type { QueueName } from '#shared/ground/vocabulary.ts';
/** Every key lies under one hash tag, so that scripts over several keys work on Redis Cluster. */
export const prefix = '{dragoman}';

/** A pattern that all of our keys fit. */
export const everyKey = `${prefix}:*`;

/** Names of all Redis keys except BullMQ's, which begin with the name of a queue (`runs:failed` is its failed jobs). */
export const keys = {
  /** Hash: what is known of a run at a glance; fields in `RunRecord`. */
  run: (runId: string) => `${prefix}:run:${runId}`,
  /** Stream: the run's journal, the only truth about it. */
  journal: (runId: string) => `${prefix}:run:${runId}:journal`,
  /** Hash: once-key → journal id; makes journal entries write-once. */
  once: (runId: string) => `${prefix}:run:${runId}:once`,
  /** Hash: results that are too long for the journal, by the place of their call. */
  results: (runId: string) => `${prefix}:run:${runId}:results`,
  /** Stream: text deltas and progress; may vanish at any time without harm. */
  live: (runId: string) => `${prefix}:run:${runId}:live`,
  /** Hash: which part of the answer stands where in Discord. */
  delivery: (runId: string) => `${prefix}:run:${runId}:delivery`,
  /** List: run ids of a conversation in order; the head is the one that may run. */
  line: (conversation: string) => `${prefix}:line:${conversation}`,
  /** Hash: the talk that a conversation is at, `number` and `since`; absent while it is at its first. */
  talk: (conversation: string) => `${prefix}:talk:${conversation}`,
  /** List: messages of a conversation's talk, by its `historyName`, oldest first. */
  history: (conversation: string) => `${prefix}:history:${conversation}`,
  /** Set: runs and Discord messages that people took out of a conversation, for where its messages are read in Discord. */
  undone: (conversation: string) => `${prefix}:talk-undone:${conversation}`,
  /** Set: runs of others that a person (`kind:id`) has voted on. */
  votes: (person: string) => `${prefix}:votes:${person}`,
  /** Hash: people (`kind:id`) who want to be forgotten, and what of them is forgotten by now. */
  forgetting: `${prefix}:forgetting`,
  /** String: what was forgotten of a person, for the reply to them. */
  forgotten: (person: string) => `${prefix}:forgotten:${person}`,
  /** Hash: memories of a person, channel or server (`ownerOf`) by their id. */
  memory: (owner: string) => `${prefix}:memory:${owner}`,
  /** Hash: what an embedding model made of them, by their id. */
  memoryVectors: (owner: string) => `${prefix}:memory-vectors:${owner}`,
  /** Set: channels and servers for which a person (`kind:id`) has saved memories. */
  memoryShared: (person: string) => `${prefix}:memory-shared:${person}`,
  /** Hash: scheduled questions by their id. */
  schedules: `${prefix}:schedules`,
  /** Sorted set: scheduled questions that are not paused, by the time at which they are due next. */
  schedulesDue: `${prefix}:schedules:due`,
  /** Set: ids of the schedules that a person (`kind:id`) has made. */
  schedulesOf: (person: string) => `${prefix}:schedules:of:${person}`,
  /** Set: ids of the schedules of a server, or of a channel of direct messages (`placeOf`). */
  schedulesIn: (place: string) => `${prefix}:schedules:in:${place}`,
  /** Hash: the time zone that a person has last named for a schedule. */
  schedulesZones: `${prefix}:schedules:zones`,
  /** Hash: settings of a server, channel, thread or person (`ownerOf`), or a server's personas, each as JSON. */
  settings: (owner: string) => `${prefix}:settings:${owner}`,
  /** List: what they were changed to, by whom, newest first. */
  settingsHistory: (owner: string) => `${prefix}:settings-history:${owner}`,
  /** Set: whose settings there are, or were. */
  settingsOwners: `${prefix}:settings-owners`,
  /** Set: ids of a caller's runs that have not ended. */
  inflight: (caller: string) => `${prefix}:inflight:${caller}`,
  /** Hash: what each of a caller's runs that have not ended has cost so far, in US dollars; of callers with a budget. */
  spending: (caller: string) => `${prefix}:spending:${caller}`,
  /** String: the tools of all servers, as a worker has last seen them; for doors, which reach no tool-runner. */
  catalogue: `${prefix}:catalogue`,
  /** String: the gateway's models, as a worker has last seen them. */
  models: `${prefix}:models`,
  /** Hash: API keys by their id, each with the hash of its secret. */
  apiKeys: `${prefix}:api:keys`,
  /** Hash: when each API key was last used, milliseconds since the epoch. */
  apiKeysUsed: `${prefix}:api:keys:used`,
  /** String: what is known of the API keys of the file, without the keys. */
  fileKeys: `${prefix}:api:file-keys`,
  /** String: how many requests a caller has sent over HTTP within a minute. */
  requestRate: (caller: string) => `${prefix}:api:rate:${caller}`,
  /** String: hash of what a program has sent under an idempotency key, and the run that it stands for; by a hash of both names. */
  idempotency: (use: string) => `${prefix}:api:idempotency:${use}`,
  /** String: the run that handed out a call of the client's own tools, by `<caller> <id>`. */
  clientCall: (call: string) => `${prefix}:api:call:${call}`,
  /** String: what the request said with which a run went on after an approval, by the response's id. */
  response: (id: string) => `${prefix}:api:response:${id}`,
  /**
   * Hash: what callers used in a month (`2026-11`): `<caller> runs`, `… passed`, `… input`, `… output`, `… usd`; and of roles, as `role:<name> …`.
   * `<caller> warned:<limit>` names the run with which somebody was told that this budget is nearly used up.
   */
  usage: (month: string) => `${prefix}:usage:${month}`,
  /** Hash: what people used in runs of a Discord server in a month (named `<server>:2026-11`), in the same form. */
  serverUsage: (month: string) => `${prefix}:server-usage:${month}`,
  /** Sorted set: names of histories, by the time of their last answer. */
  conversations: `${prefix}:index:conversations`,
  /** Sorted set: runs by time of acceptance. */
  recent: `${prefix}:index:recent`,
  /** Sorted set: a person's runs by time of acceptance; the person as `callerNames` says. */
  recentOf: (person: string) => `${prefix}:index:recent:${person}`,
  /** Sorted set: runs that are forgotten soon after their end, by its time. */
  unstored: `${prefix}:index:unstored`,
  /** Sorted set: failed runs by time of failure. */
  failed: `${prefix}:index:failed`,
  /** Sorted set: a person's failed runs by time of failure. */
  failedOf: (person: string) => `${prefix}:index:failed:${person}`,
  /** Sorted set: runs that failed with this reason, by time of failure. */
  failedFor: (reason: string) => `${prefix}:index:failed-for:${reason}`,
  /** Hash: which of the indexes also cover runs of earlier versions, and since when (milliseconds since the epoch). */
  indexed: `${prefix}:index:indexed`,
  /** Sorted set: runs whose job `run` may not be in its queue yet; the sweep adds what is missing. */
  unqueued: `${prefix}:index:unqueued`,
  /** Sorted set: runs that have not ended, by time of acceptance. */
  open: `${prefix}:index:open`,
  /** Sorted set: Discord runs whose answer does not fully stand in Discord yet, by time of acceptance. */
  undelivered: `${prefix}:index:undelivered`,
  /** Sorted set: open approvals as `run approval`, by the time at which they expire. */
  approvals: `${prefix}:approvals`,
  /** Stream: the audit log, each row chained to the one before. */
  audit: `${prefix}:audit`,
  /** String: written so that replicas confirm everything before it. */
  replicated: `${prefix}:replicated`,
  /** Hash: the audit log's newest seal, and where retention has cut it off. */
  auditMarks: `${prefix}:audit:marks`,
  /** Sorted set: indexed segments of the audit log, `<id of the first row> <id of the last>`, by time of the last. */
  auditSegments: `${prefix}:audit:segments`,
  /** Hash: which rows of a segment tell of which run, person, tool or kind; named by its first row. */
  auditSegment: (first: string) => `${prefix}:audit:segment:${first}`,
  /** Hash: workers that show on a channel of their own that they live, by the id under which they lock jobs. */
  present: `${prefix}:index:present`,
  /** Pub/sub channel that one worker listens on as long as it lives. */
  presence: (worker: string) => `${prefix}:presence:${worker}`,
  /** Pub/sub channel on which stop requests reach all workers. */
  control: `${prefix}:control`,
  /** Pub/sub channel on which a worker says which task of housekeeping it does. */
  rounds: `${prefix}:rounds`,
  /**
   * Hash: Discord channel → id of the newest message that is dealt with; `since` → where channels without one begin.
   */
  discordMarks: `${prefix}:discord:marks`,
  /** Hash: channel → what it is. A hash of its own, because older versions read nothing but ids from the other. */
  discordMarkKinds: `${prefix}:discord:marks:kinds`,
  /** String: the run that a message became part of, for messages that did not give the run its id. */
  discordJoined: (message: string) => `${prefix}:discord:joined:${message}`,
  /** Set: runs whose messages in a channel were left unfinished, because Discord took no more of them there. */
  discordLeft: (channel: string) => `${prefix}:discord:left:${channel}`,
  /** Set: what a person (`kind:id`) was told once and need not be told again. */
  discordTold: (person: string) => `${prefix}:discord:told:${person}`,
  /** String: that an ingress deals with this interaction, which every one that is connected hears of. */
  discordInteraction: (id: string) => `${prefix}:discord:interaction:${id}`,
  /** String: that a shard of this bucket has just begun a session; its life is the distance to the next. */
  discordIdentify: (bucket: string) => `${prefix}:discord:identify:${bucket}`,
  /** Hash: shard → who has it and until when, of so many shards in all. */
  discordShards: (count: string) => `${prefix}:discord:shards:${count}`,
  /** String: of how many shards those are that processes have, while any has some. */
  discordShardCount: `${prefix}:discord:shard-count`,
  /** String: which ingress is bringing the commands that Discord has up to date. */
  discordCommandsLock: `${prefix}:discord:commands-lock`,
  /** Never there: a process tries to delete it to learn whether its Redis takes writes. */
  readiness: `${prefix}:readiness`,
  /** Stream that ends a follower's blocking read when its set of runs changes. */
  wake: (follower: string) => `${prefix}:wake:${follower}`,
};

/** What the names of all keys of a queue begin with; BullMQ makes the rest. */
export function queueKey(name: QueueName): string {
  return `${prefix}:${name}`;
}
