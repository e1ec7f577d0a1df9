import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { commandRule } from './commands.ts';
import { readFacts, type Facts } from './facts.ts';
import { mentionsInComments, mentionsInPage, type Mention } from './mentions.ts';
import {
  addressRule,
  alertRule,
  connectionRule,
  faultRule,
  identifierRule,
  keyRule,
  metricRule,
  nounRule,
  panelRule,
  routeRule,
  slashRule,
  smallRule,
  wordRule,
  wrongNounRule,
} from './names.ts';
import { ofOthers } from './others.ts';
import { linkRule, pathRule, sectionRule } from './paths.ts';
import { stepsOf } from '#test/recipes/steps.ts';
import type { Rule } from './rule.ts';
import { variableRule } from './variables.ts';

const unknown = 'nothing in the code is called so (a name of somebody else is listed in test/checks/claims/others.ts)';

/** The first rule that knows a name judges it. */
const rules: Rule[] = [
  nounRule,
  linkRule,
  sectionRule,
  commandRule,
  variableRule,
  metricRule,
  keyRule,
  routeRule,
  slashRule,
  faultRule,
  addressRule,
  panelRule,
  smallRule,
  pathRule,
  alertRule,
  connectionRule,
  identifierRule,
  wordRule,
  wrongNounRule,
];

const pages = ['*.md', 'docs/**/*.md', 'test/**/README.md', 'services/**/README.md'];
const commented = ['litellm/config.yaml', 'compose.yaml', 'mcp/policy.yaml'];
/** It tells about the past, so names in it may be gone. */
const history = 'CHANGELOG.md';

export interface Claims {
  /** How many names a rule has judged. */
  judged: number;
  /** Names that others define, as `others.ts` lists them. */
  others: string[];
  complaints: string[];
}

/** Compares what the docs, and the comments of configuration, mention with the code. */
export async function checkClaims(root: string): Promise<Claims> {
  return judgeMentions(mentionsOf(root), await readFacts(root));
}

export function mentionsOf(root: string): Mention[] {
  const files = globSync(pages, { cwd: root }).filter((file) => file !== history);
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  return [
    ...files.toSorted().flatMap((file) => mentionsInPage(file, read(file))),
    ...commented.flatMap((file) => mentionsInComments(file, read(file))),
  ];
}

export function judgeMentions(mentions: readonly Mention[], facts: Facts): Claims {
  const claims: Claims = { judged: 0, others: [], complaints: [] };
  for (const mention of mentions) {
    if (ofOthers(mention)) {
      claims.others.push(mention.text);
      continue;
    }
    const verdict = inRecipe(mention, facts) ? true : firstVerdict(mention, facts);
    // A line of a block may be the input or output of any program.
    if (verdict === undefined && mention.form !== 'code') continue;
    claims.judged += 1;
    if (verdict !== true)
      claims.complaints.push(`${mention.file}:${mention.line}: ${mention.text}: ${verdict ?? unknown}`);
  }
  return claims;
}

/** Whether the page is a recipe whose own blocks make what it names. test/recipes follows the recipes. */
function inRecipe({ file, text }: Mention, { root, paths }: Facts): boolean {
  if (!file.startsWith('docs/adding-')) return false;
  const steps = stepsOf(readFileSync(path.join(root, file), 'utf8'));
  const made = steps.flatMap((step) => (step.kind === 'create' ? [step.file] : []));
  const words = text.split(/\s/).map((word) => word.replace(/^\//, ''));
  const files = words.filter((word) => word.includes('/'));
  const isMade = (word: string) => made.some((each) => each.startsWith(word));
  if (files.some(isMade)) return files.every((word) => isMade(word) || paths.has(word));
  const name = words.at(-1) ?? '';
  const code = steps.flatMap((step) => (step.kind === 'create' ? [step.text] : step.kind === 'edit' ? step.lines : []));
  return name.length > 2 && code.join('\n').includes(`'${name}'`);
}

export function firstVerdict(mention: Mention, facts: Facts): true | string | undefined {
  for (const rule of rules) {
    const verdict = rule(mention, facts);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}
