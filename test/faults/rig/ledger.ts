import type { Plan } from '../played/plan.ts';
import type { DiscordLine, ModelLine, ToolLine, Witnessed } from './witnesses.ts';

export interface Ask {
  at: number;
  step: number;
  worker: string;
  /** How many tool calls the answer asked for; 0 for the last answer. */
  calls: number;
  error: boolean;
}

export interface Execution {
  at: number;
  endAt?: number;
  tool: string;
  call: string;
  step: number;
}

export interface Shown {
  id: string;
  at: number;
  replyTo: string | undefined;
  nonce: string | undefined;
  content: string;
  /** When the message got which last words, for people who look for the cause of a finding. */
  history: string[];
  deleted: boolean;
}

/** One question and everything that the witnesses know about it. */
export interface Case {
  plan: Plan;
  question: string;
  conversation: string;
  askedAt: number;
  asks: Ask[];
  executions: Execution[];
  /** The bot's messages about it in order of creation, without cards and refusals. */
  parts: Shown[];
  cards: Shown[];
  refusals: Shown[];
  /** When the person was told that the question is lost. */
  toldLostAt?: number;
  /** When the last part got its footer. */
  endedAt?: number;
}

export interface Ledger {
  cases: Map<string, Case>;
  /** Enters a question that was asked, before its witnesses are read. */
  add(plan: Plan, question: string, conversation: string, askedAt: number): void;
  take(lines: Witnessed[]): void;
  /** Cases that have neither an end nor a standing refusal, and of which nobody was told that they are lost. */
  open(): Case[];
}

export function createLedger(): Ledger {
  const cases = new Map<string, Case>();
  const byMessage = new Map<string, Case>();
  const shown = new Map<string, Shown>();
  /** Lines about questions that the asker has not entered yet. */
  let early: DiscordLine[] = [];

  function takeModel(line: ModelLine): void {
    const found = cases.get(line.case ?? '');
    const { at, step, worker = '', calls, error } = line;
    found?.asks.push({ at, step, worker, calls, error: error !== undefined });
  }

  function takeTool({ at, event, tool, case: id, call, step }: ToolLine): void {
    const found = cases.get(id);
    if (event === 'begin') return void found?.executions.push({ at, tool, call, step });
    const begun = found?.executions.find((each) => each.call === call && each.endAt === undefined);
    if (begun) begun.endAt = at;
  }

  function takeDiscord(line: DiscordLine): void {
    const known = shown.get(line.id);
    if (line.event === 'delete') {
      if (known) known.deleted = true;
      return;
    }
    if (line.event === 'edit') {
      if (!known) return void early.push(line);
      known.content = line.content ?? known.content;
      known.history.push(`${line.at} ${known.content.slice(-40)}`);
      return settle(byMessage.get(line.id), known, line.at);
    }
    if (known) return;
    const found = byMessage.get(line.replyTo ?? '');
    if (!found) return void early.push(line);
    const { id, at, replyTo, nonce, content = '' } = line;
    // The answer to a person who pressed a button is no part of the run's answer.
    if (found.cards.some((card) => card.id === replyTo)) return;
    const message: Shown = { id, at, replyTo, nonce, content, history: [], deleted: false };
    shown.set(id, message);
    byMessage.set(id, found);
    if (isCard(content)) found.cards.push(message);
    else if (isRefusal(content)) found.refusals.push(message);
    else if (content.startsWith('⚠️ I have lost this question')) found.toldLostAt ??= at;
    else found.parts.push(message);
    settle(found, message, at);
  }

  function settle(found: Case | undefined, message: Shown, at: number): void {
    if (!found || found.endedAt !== undefined || !found.parts.includes(message)) return;
    if (hasEnded(message.content)) found.endedAt = at;
  }

  return {
    cases,
    add(plan, question, conversation, askedAt) {
      const entered: Case = {
        plan,
        question,
        conversation,
        askedAt,
        asks: [],
        executions: [],
        parts: [],
        cards: [],
        refusals: [],
      };
      cases.set(plan.case, entered);
      byMessage.set(question, entered);
    },
    take(lines) {
      const again = early;
      early = [];
      for (const line of again) takeDiscord(line);
      for (const line of lines) {
        if (line.of === 'model') takeModel(line);
        else if (line.of === 'tool') takeTool(line);
        else takeDiscord(line);
      }
      // Messages that belong to no question of ours would be looked at for ever.
      if (early.length > 5_000) early = early.slice(-1_000);
    },
    open: () =>
      [...cases.values()].filter(
        (each) => each.endedAt === undefined && !isRefused(each) && each.toldLostAt === undefined,
      ),
  };
}

/** True while a refusal stands; the bot may have deleted it. */
export function isRefused({ refusals }: Case): boolean {
  return refusals.some(({ deleted }) => !deleted);
}

function isCard(content: string): boolean {
  return content.startsWith('✋') || content.startsWith('❓');
}

function isRefusal(content: string): boolean {
  return content.startsWith('⚠️ I could not take');
}

/** The footer, which names the run, stands only beneath an ended answer. */
function hasEnded(content: string): boolean {
  return /-# .*run `discord-\d+`$/.test(content);
}
