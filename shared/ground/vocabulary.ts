// Closed lists of words that journals, queues and metrics share: each stands here once.

export const callerKinds = ['discord', 'terminal', 'api'] as const;

export const runOutcomes = ['answered', 'failed', 'stopped'] as const;
export type RunOutcome = (typeof runOutcomes)[number];

export const toolOutcomes = ['ok', 'error', 'refused', 'interrupted', 'stopped'] as const;

export const approvalDecisions = ['allow', 'deny', 'expired', 'happened', 'did-not-happen'] as const;

export const queueNames = ['runs', 'replies'] as const;
export type QueueName = (typeof queueNames)[number];

/** What of a run's tools is shown while it lasts: nothing, the current one, all, all with their arguments. */
export const progressModes = ['off', 'new', 'all', 'verbose'] as const;
/** The line below an answer. */
export const footerModes = ['off', 'short', 'verbose'] as const;

/** The languages that the bot's own words exist in. */
export const languages = ['en', 'de', 'fr', 'es', 'pt', 'ja'] as const;
export type Language = (typeof languages)[number];

/** States of a job that are counted; BullMQ's names. */
export const jobStates = ['waiting', 'prioritized', 'active', 'delayed', 'failed', 'completed'] as const;

/** What becomes of a message that a person writes while an earlier question of theirs in the conversation is answered. */
export const busyModes = ['queue', 'steer', 'interrupt'] as const;
export type BusyMode = (typeof busyModes)[number];
