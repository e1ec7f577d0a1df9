import path from 'node:path';
import { createTail } from './tail.ts';

/** A request that the played model got. */
export interface ModelLine {
  at: number;
  case?: string;
  step: number;
  worker?: string;
  /** How many tool calls its answer asks for; 0 for the last answer. */
  calls: number;
  error?: number;
}

/** An execution of a played tool began or ended. */
export interface ToolLine {
  at: number;
  event: 'begin' | 'end';
  tool: string;
  case: string;
  call: string;
  step: number;
}

/** What the bot stored in Discord. */
export interface DiscordLine {
  at: number;
  event: 'create' | 'edit' | 'delete';
  id: string;
  channel: string;
  content?: string;
  nonce?: string;
  replyTo?: string;
}

export type Witnessed = ({ of: 'model' } & ModelLine) | ({ of: 'tool' } & ToolLine) | ({ of: 'discord' } & DiscordLine);

export interface Witnesses {
  files: { model: string; tools: string; discord: string };
  /** What was witnessed since the last call, in order of time. */
  news(): Witnessed[];
}

/** The three append-only files that the played parts write. Tests believe nothing else. */
export function openWitnesses(folder: string): Witnesses {
  const files = {
    model: path.join(folder, 'model.jsonl'),
    tools: path.join(folder, 'tools.jsonl'),
    discord: path.join(folder, 'discord.jsonl'),
  };
  const model = createTail<ModelLine>(files.model);
  const tools = createTail<ToolLine>(files.tools);
  const discord = createTail<DiscordLine>(files.discord);
  return {
    files,
    news: () =>
      [
        ...model().map((line) => ({ of: 'model' as const, ...line })),
        ...tools().map((line) => ({ of: 'tool' as const, ...line })),
        ...discord().map((line) => ({ of: 'discord' as const, ...line })),
      ].toSorted((a, b) => a.at - b.at),
  };
}
