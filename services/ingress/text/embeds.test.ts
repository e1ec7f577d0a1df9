import type { APIEmbed } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { described, testCases, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { fitEmbeds, safeLabel } from './embeds.ts';

interface EmbedCase extends CorpusCase {
  direction: string;
  embeds?: APIEmbed[];
  componentLabel?: string;
}

const hosts = ['cdn.discordapp.com'];

/** The parts of an embed that are checked here. */
const known: Vocabulary = {
  title: 'any',
  description: 'any',
  color: 'any',
  timestamp: 'any',
  url: 'any',
  footer: { text: 'any', icon_url: 'any' },
  author: { name: 'any', icon_url: 'any' },
  image: { url: 'any' },
  thumbnail: { url: 'any' },
  fields: { name: 'any', value: 'any', inline: 'any' },
};

/** What Discord would refuse, fetch from elsewhere, or read as a mention. */
function problems(embeds: readonly APIEmbed[]): string[] {
  const found = embeds.flatMap(embedProblems);
  if (embeds.length > 10) found.push('more than 10 embeds');
  if (embeds.flatMap(texts).join('').length > 6000) found.push('more than 6000 characters');
  if (/@(?:everyone|here)|<@[!&]?\d/i.test(JSON.stringify(embeds))) found.push('a mention');
  return found;
}

function embedProblems(embed: APIEmbed): string[] {
  const { title, description, footer, author, fields = [], color = 0, timestamp, image, thumbnail, url } = embed;
  const over = (text: string | undefined, limit: number) =>
    text !== undefined && (text.length > limit || text.trim() === '');
  const addresses = [image?.url, thumbnail?.url, url, author?.icon_url, footer?.icon_url].filter(
    (one) => one !== undefined,
  );
  const checks: Record<string, boolean> = {
    nothing: texts(embed).length === 0 && !image && !thumbnail,
    title: over(title, 256),
    description: over(description, 4096),
    footer: over(footer?.text, 2048),
    author: over(author?.name, 256),
    fields: fields.length > 25 || fields.some(({ name, value }) => over(name, 256) || over(value, 1024)),
    colour: color < 0 || color > 0xffffff,
    time: timestamp !== undefined && Number.isNaN(Date.parse(timestamp)),
    address: addresses.some((one) => !hosts.includes(new URL(one).hostname)),
  };
  return Object.entries(checks).flatMap(([name, wrong]) => (wrong ? [name] : []));
}

function texts({ title, description, footer, author, fields = [] }: APIEmbed): string[] {
  const all = [title, description, footer?.text, author?.name, ...fields.flatMap(({ name, value }) => [name, value])];
  return all.filter((text) => text !== undefined);
}

describe('discord corpus', () => {
  const { cases } = loadCorpus<EmbedCase>('discord.json');
  testCases<EmbedCase>({
    name: 'discord, embeds and labels',
    cases: cases.filter((entry) => entry.embeds ?? entry.componentLabel),
    vocabulary: {
      ...described,
      direction: ['output'],
      embeds: known,
      componentLabel: 'any',
      expect: { pings: [0], embedLimits: [true], embedImageHosts: ['list only'], allowedMentionsParse: [] },
    },
    run(entry) {
      const label = entry.componentLabel ? [{ title: safeLabel(entry.componentLabel) }] : [];
      return problems([...fitEmbeds(entry.embeds ?? [], { hosts }), ...label]);
    },
  });
});

test('what fits stays as it is', () => {
  const embed = { title: 'T', description: 'a **b**', color: 1, fields: [{ name: 'n', value: 'v', inline: true }] };
  expect(fitEmbeds([embed])).toEqual([embed]);
});

test('what is too long is cut and says so; the sum holds over all embeds', () => {
  const [first, second] = fitEmbeds([{ description: 'word '.repeat(1000) }, { description: 'word '.repeat(1000) }]);
  expect(first!.description).toMatch(/word…$/);
  expect(first!.description!.length + second!.description!.length).toBeLessThanOrEqual(6000);
  expect(second!.description!.length).toBeGreaterThan(1500);
});

test('pictures come from listed hosts and files that are sent along', () => {
  const kept = {
    title: 'T',
    image: { url: 'attachment://a.png' },
    thumbnail: { url: 'https://cdn.discordapp.com/b.png' },
  };
  expect(fitEmbeds([kept], { hosts, attachments: ['a.png'] })).toEqual([kept]);
  expect(fitEmbeds([kept])).toEqual([{ title: 'T' }]);
});
