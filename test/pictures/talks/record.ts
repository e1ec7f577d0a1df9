import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { startTestStack } from '#test/lib/stack.ts';
import { admin } from './admin.ts';
import { startTalkingModel } from './model.ts';
import { newcomer } from './newcomer.ts';
import { openAs } from './stage.ts';
import { Transcript } from './transcript.ts';

const INTRODUCTION = `# The first ten minutes

What a person and an administrator see in their first ten minutes, made by \`npm run pictures -- --talks\` from a whole \`npm start\`, pressed and typed in a real browser. The model is the offline one, with a script for what it has no
rules for; calls, rows and all that is shown are real. Times and costs are of that run; a button stands in brackets.
`;

/** Plays both talks on a stack of their own. Writes the page and its pictures; returns their names. */
export async function recordTalks(browser: Browser, docs: string): Promise<string[]> {
  const folder = path.join(docs, 'pictures');
  await using model = await startTalkingModel();
  await using stack = await startTestStack({ TZ: 'UTC', LITELLM_API_BASE: model.url, MODEL_NAME: 'offline' });
  const url = stack.file().services['playground']?.addresses['page'] ?? '';
  const [max, olga] = [await openAs(browser, url, 'Max'), await openAs(browser, url, 'Olga')];
  const ada = await openAs(browser, url, 'Ada', { dark: true });
  const first = new Transcript(folder);
  const second = new Transcript(folder);
  try {
    first.note('# A new member');
    await newcomer(first, { max, olga });
    second.note('# An administrator');
    await admin(second, { ada, max, dragoman: (args) => stack.dragoman(args) });
  } finally {
    const page = `${INTRODUCTION}\n${first.toString()}\n${second.toString()}`.replaceAll(
      /^(#+ )(?!The first)/gm,
      '#$1',
    );
    writeFileSync(path.join(docs, 'first-minutes.md'), page);
  }
  return [...first.shots, ...second.shots].filter((name) => readFileSync(path.join(folder, name)).length > 0);
}
