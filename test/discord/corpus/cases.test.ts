import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { corpusFile, type CorpusCase } from '#test/lib/corpora.ts';
import { NotUnderstood, assertUnderstood, testCases, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { startRig, type Rig } from '../rig.ts';
import { dispatchMessage } from './events.ts';

/**
 * Cases of which each is one file: an event of Discord's, and in prose what is right. What is right of any message is
 * that the model gets all that people see of it, and what was forwarded marked as somebody else's.
 */
interface EventCase extends CorpusCase {
  input: { MESSAGE_CREATE: Record<string, unknown> };
}

/** The fields of a message, or of the copy in a forward, that show something. */
const shown: Vocabulary = {
  content: 'any',
  embeds: 'any',
  attachments: 'any',
  components: 'any',
  sticker_items: 'any',
  poll: 'any',
  type: [0],
  flags: 'any',
  timestamp: 'any',
  edited_timestamp: 'any',
  mentions: 'any',
  mention_roles: 'any',
};

const event: Vocabulary = { ...shown, message_reference: 'any', message_snapshots: { message: shown } };

const vocabulary: Vocabulary = {
  id: 'any',
  area: ['discord'],
  severity: 'any',
  reference: 'any',
  situation: 'any',
  how_to_run: 'any',
  expected: 'any',
  neighbours: 'any',
  input: { MESSAGE_CREATE: event },
};

const folder = process.env['DRAGOMAN_CASES'] ?? corpusFile('cases');
const files = readdirSync(folder).filter((name) => /^discord-.*\.json$/.test(name));
const cases = files.map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as EventCase);

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});

afterAll(() => rig[Symbol.asyncDispose]());

async function textOf(fields: Record<string, unknown>): Promise<string> {
  const { playground, controls } = rig;
  const message = dispatchMessage(playground, {
    channel: controls.openDm('Ada'),
    author: { id: playground.people.Ada, username: 'ada' },
    content: '',
    fields: { content: '', mentions: [], guild_id: undefined, channel_type: 1, ...fields },
  });
  const run = await rig.work(message);
  await run.end('Read.');
  return run.request.text;
}

/** All words of Discord's JSON that people see. Throws for fields whose words it would pass over. */
function wordsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each) => wordsIn(each));
  return Object.entries(value).flatMap(([field, inner]) => {
    if (typeof inner !== 'string') return wordsIn(inner);
    return /^(?:content|title|description|name|value|text|filename|label|placeholder)$/.test(field) ? [inner] : [];
  });
}

/** The event as it is, with own words beside it, and with an embed and a file in what it forwards. */
function variants(message: Record<string, unknown>): Record<string, unknown>[] {
  const snapshots = (message['message_snapshots'] ?? []) as { message: Record<string, unknown> }[];
  const embeds = [{ type: 'rich', title: 'A title beside it', description: 'More of it' }];
  const attachments = [
    { id: '1', filename: 'beside.bin', size: 3, url: 'http://x.invalid/a', proxy_url: 'http://x.invalid/a' },
  ];
  const fuller = snapshots.map((copy) => ({ message: { ...copy.message, embeds, attachments } }));
  const { content } = message;
  const beside = { ...message, content: `Own words. ${typeof content === 'string' ? content : ''}`.trim() };
  return snapshots.length === 0 ? [message, beside] : [message, beside, { ...message, message_snapshots: fuller }];
}

testCases<EventCase>({
  name: 'discord, single cases with their neighbours',
  cases,
  vocabulary,
  async run(entry) {
    const { MESSAGE_CREATE: message } = entry.input;
    assertUnderstood(message, event);
    const problems: string[] = [];
    for (const variant of variants(message)) {
      const words = wordsIn(variant);
      if (words.every((word) => word.trim() === '')) throw new NotUnderstood('what a message without words shows');
      const text = await textOf(variant);
      problems.push(
        ...words.filter((word) => !text.includes(word.trim())).map((word) => `the model does not get: ${word}`),
      );
      const forwards = variant['message_snapshots'] !== undefined;
      if (forwards && !/^\[Forwarded message: somebody else’s words/m.test(text))
        problems.push('not marked as forwarded');
    }
    return problems;
  },
});
