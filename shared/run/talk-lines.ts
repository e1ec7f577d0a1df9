import { z } from 'zod';

/** Fields that lines have since messages can be taken out of a talk again; lines of earlier versions lack them. */
const origin = {
  /** The run that wrote it. */
  run: z.string().optional(),
  /** Who asked, as `callerKey` says. */
  by: z.string().optional(),
  /** Milliseconds since the epoch. */
  at: z.number().optional(),
  /** True when it may repeat text from outside. */
  outside: z.boolean().optional(),
};

const message = z.object({
  role: z.enum(['user', 'assistant']),
  name: z.string().optional(),
  content: z.string(),
  /** What tools were called for an answer and what they brought, in short. */
  tools: z.array(z.string()).optional(),
  ...origin,
});

const summary = z.object({
  role: z.literal('summary'),
  content: z.string(),
  /** It stands for the lines up to this time. */
  upTo: z.number(),
  /** How many messages it stands for. */
  messages: z.number(),
  /** Everybody whose questions went into it. */
  people: z.array(z.string()),
  model: z.string(),
  ...origin,
});

/** One message of a talk as it is kept. */
export type TalkMessage = z.infer<typeof message>;
/** What a model has made of a talk's older messages. */
export type TalkSummary = z.infer<typeof summary>;
export type TalkLine = TalkMessage | TalkSummary;

const line = z.discriminatedUnion('role', [message, summary]);

/** Decodes a stored line; undefined for one that this version cannot read. */
export function readLine(text: string): TalkLine | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A talk as it is read: the newest summary, and the messages for which no summary stands. */
export interface Talk {
  summary: (TalkSummary & { raw: string }) | undefined;
  /** Lines that stand behind the summary in the list. */
  since: number;
  messages: (TalkMessage & { raw: string })[];
}

/** Decodes stored lines, oldest first. */
export function readTalkLines(lines: readonly string[]): Talk {
  const read = lines.map((raw) => ({ raw, line: readLine(raw) }));
  const at = read.findLastIndex(({ line: each }) => each?.role === 'summary');
  const newest = read[at];
  const summed = newest?.line?.role === 'summary' ? { ...newest.line, raw: newest.raw } : undefined;
  const messages = read.flatMap(({ raw, line: each }) => {
    if (!each || each.role === 'summary' || (summed && (each.at ?? 0) <= summed.upTo)) return [];
    return [{ ...each, raw }];
  });
  return { summary: summed, since: summed ? lines.length - 1 - at : 0, messages };
}
