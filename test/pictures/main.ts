import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '#shared/ground/errors.ts';
import { findChromium, startBrowser } from '#test/lib/browser.ts';
import { startTestStack } from '#test/lib/stack.ts';
import { picturesArguments } from '#test/scripts.ts';
import { picturesOfPlayground } from './playground.ts';
import { withPalette } from './png.ts';
import { recordTalks } from './talks/record.ts';
import { pictureOfTerminal, recordCommand } from './terminal.ts';

// npm run pictures: makes the pictures of the docs anew from the running product. Look at them before they are committed.

const folder = path.resolve(import.meta.dirname, '../../docs/pictures');
const MAX_BYTES = 150_000;
const QUESTIONS = ['How many customers live in Germany?', 'How many orders per status?'];
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const chromium = chromiumHere();
  mkdirSync(folder, { recursive: true });
  await using stack = await startTestStack({ TZ: 'UTC' });
  say('the stack is up');
  const page = stack.file().services['playground']?.addresses['page'] ?? '';
  const browser = await startBrowser(chromium);
  try {
    await picturesOfPlayground(browser, page, QUESTIONS, folder);
    const env = { DRAGOMAN_STATE_DIR: stack.folder };
    const commands = [];
    for (const question of ['How many orders per status?', 'What time is it in Tokyo?']) {
      commands.push({ typed: `npx dragoman run "${question}"`, wrote: await recordCommand(['run', question], env) });
    }
    await pictureOfTerminal(browser, commands, path.join(folder, 'terminal.png'));
  } finally {
    await browser.close();
  }
  for (const name of ['playground', 'playground-phone', 'terminal']) shrink(`${name}.png`);
}

async function talks(): Promise<void> {
  const browser = await startBrowser(chromiumHere());
  try {
    for (const name of await recordTalks(browser, path.dirname(folder))) shrink(name);
  } finally {
    await browser.close();
  }
}

function chromiumHere(): string {
  const chromium = findChromium();
  if (chromium === undefined) throw new Error('There is no Chromium on the path, nor in CHROMIUM.');
  return chromium;
}

/** Makes a picture small enough for a repository, and says how large it is. */
function shrink(name: string): void {
  const file = path.join(folder, name);
  const png = withPalette(readFileSync(file));
  writeFileSync(file, png);
  say(`docs/pictures/${name}: ${Math.round(png.length / 1000)} kB`);
  if (png.length > MAX_BYTES) throw new Error(`${name} is larger than ${MAX_BYTES / 1000} kB.`);
}

const given = picturesArguments.read(process.argv.slice(2));
if (given) {
  await (given.values.talks ? talks() : main()).catch((error: unknown) => {
    say(errorText(error));
    process.exitCode = 1;
  });
}
