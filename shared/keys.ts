/** Every key lies under one hash tag, so that scripts over several keys work on Redis Cluster. */
export const prefix = '{dragoman}';

/** Names of all Redis keys that are not BullMQ's own: those begin with the name of a queue (`runs:failed` is its failed jobs). */
export const keys = {
  /** Hash: what is known of a run at a glance; fields in `RunRecord`. */
  run: (runId: string) => `${prefix}:run:${runId}`,
  /** Stream: the run's journal, the only truth about it. */
  journal: (runId: string) => `${prefix}:run:${runId}:journal`,
  /** Hash: once-key → journal id; makes journal entries write-once. */
  once: (runId: string) => `${prefix}:run:${runId}:once`,
  /** Stream: text deltas and progress; may vanish at any time without harm. */
  live: (runId: string) => `${prefix}:run:${runId}:live`,
  /** Hash: what of the answer stands where in Discord. */
  delivery: (runId: string) => `${prefix}:run:${runId}:delivery`,
  /** List: run ids of a conversation in order; the head is the one that may run. */
  line: (conversation: string) => `${prefix}:line:${conversation}`,
  /** Hash: the talk that a conversation is at, `number` and `since`; absent while it is at its first. */
  talk: (conversation: string) => `${prefix}:talk:${conversation}`,
  /** List: messages of a conversation's talk, by its `historyName`, oldest first. */
  history: (conversation: string) => `${prefix}:history:${conversation}`,
  /** Set: ids of a caller's runs that have not ended. */
  inflight: (caller: string) => `${prefix}:inflight:${caller}`,
  /** Sorted set: names of histories, by the time of their last answer. */
  conversations: `${prefix}:index:conversations`,
  /** Sorted set: runs by time of acceptance. */
  recent: `${prefix}:index:recent`,
  /** Sorted set: failed runs by time of failure. */
  failed: `${prefix}:index:failed`,
  /** Sorted set: runs whose job may not be in its queue yet; the sweeper adds what is missing. */
  unqueued: `${prefix}:index:unqueued`,
  /** Sorted set: open approvals as `run approval`, by the time at which they expire. */
  approvals: `${prefix}:approvals`,
  /** Stream: the audit log, each row chained to the one before. */
  audit: `${prefix}:audit`,
  /** Hash: the audit log's newest seal, and where retention has cut it off. */
  auditMarks: `${prefix}:audit:marks`,
  /** Set: ids of the workers that show on a channel of their own that they live. */
  workers: `${prefix}:index:workers`,
  /** Pub/sub channel that one worker listens on as long as it lives. */
  presence: (worker: string) => `${prefix}:presence:${worker}`,
  /** Pub/sub channel on which stop requests reach all workers. */
  control: `${prefix}:control`,
  /** Stream that ends a follower's blocking read when its set of runs changes. */
  wake: (follower: string) => `${prefix}:wake:${follower}`,
};
