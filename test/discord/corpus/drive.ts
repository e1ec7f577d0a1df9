import { describe } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import {
  NotUnderstood,
  assertUnderstood,
  described,
  testCases,
  understood,
  type Vocabulary,
} from '#test/lib/corpus-cases.ts';

/** A case of the file: what it expects in the corpus' words, and fields that describe the situation. */
export interface DiscordCase extends CorpusCase {
  expect: Record<string, unknown> & { verdict?: string };
}

/**
 * The outcome of a case: counts and flags by the names of the checks, and for each phrase of a verdict whether it
 * holds.
 */
export type Outcome = Record<string, unknown>;

/** How cases that share a field are played. */
export interface Situation<Case extends DiscordCase> {
  fits(entry: Case): boolean;
  /** Beside the fields of all cases, those that `drive` heeds, and the values that they may have. */
  fields: Vocabulary;
  drive(entry: Case): Promise<Outcome>;
}

export interface Half<Case extends DiscordCase> {
  /** The name for the line that tells how many were right. */
  name: string;
  /** Which cases of the file belong to this half. */
  holds(entry: Case): boolean;
  /** The first situation that fits is used. */
  situations: Situation<Case>[];
  /** Why a case means nothing in this product; undefined where it does. */
  meaningless?(entry: Case): string | undefined;
}

/** One test for each case of a half of `discord.json`, and a line with how many were right. */
export function driveCases<Case extends DiscordCase>(half: Half<Case>): void {
  describe(half.name, () => {
    testCases<Case>({
      name: `discord, ${half.name}`,
      cases: loadCorpus<Case>('discord.json').cases.filter((entry) => half.holds(entry)),
      vocabulary: { ...described, category: ['approval', 'input', 'transport'], direction: ['input'], '*': 'any' },
      meaningless: (entry) => half.meaningless?.(entry),
      async run(entry) {
        const situation = half.situations.find((each) => each.fits(entry));
        if (!situation) throw new NotUnderstood(`a situation for ${JSON.stringify(entry)}`);
        assertUnderstood(entry, { ...described, direction: 'any', expect: 'any', ...situation.fields });
        return problems(entry.expect, await situation.drive(entry));
      },
    });
  });
}

/** The checks and phrases of a verdict that an outcome does not fulfil. */
function problems(wanted: DiscordCase['expect'], outcome: Outcome): string[] {
  const found: string[] = [];
  for (const [check, value] of Object.entries(wanted)) {
    if (check === 'verdict') {
      for (const phrase of String(value).split(/[,;] /)) {
        if (understood(outcome, phrase, 'expect.verdict') !== true) found.push(`not so: ${phrase}`);
      }
    } else if (understood(outcome, check, 'what is expected') !== value) {
      found.push(`${check}: ${String(value)} wanted, ${String(outcome[check])} seen`);
    }
  }
  return found.length === 0 ? [] : [...found, `outcome: ${JSON.stringify(outcome)}`];
}
