import { readCatalogue, type SeenCatalogue } from '#shared/run/catalogue.ts';
import { callerSchema } from '#shared/run/request.ts';
import { inlineCode, oneLine } from '../delivery/escape.ts';
import { callerOf } from '../request/build.ts';
import type { Say } from '../language/say.ts';
import type { Command } from './command.ts';

/** Discord's limit, with room for the last line. */
const most = 1_900;

/** Tells a person which tools their roles give them, and which prompts the servers have. */
export const tools: Command = {
  definition: {
    name: 'tools',
    type: 1,
    description: 'What Dragoman can do for you here',
    options: [{ type: 3, name: 'tool', description: 'The name of a tool, to read about it', max_length: 100 }],
  },
  async use(interaction, ingress) {
    const catalogue = await readCatalogue(ingress.redis);
    const { say } = interaction;
    if (!catalogue) return { say: say('tools.unknown') };
    const caller = callerSchema.parse(callerOf(interaction));
    const policy = ingress.policy.current();
    const mine = catalogue.tools.flatMap((tool) => {
      const permission = policy.permission(caller, tool.name);
      return permission === 'deny' ? [] : [{ ...tool, asks: permission === 'approve' }];
    });
    const named = interaction.values.get('tool')?.trim();
    if (named !== undefined && named !== '') return { say: aboutTool(say, named, mine, catalogue) };
    const lines = [...toolLines(say, mine), ...promptLines(say, catalogue, mine), ...awayLines(say, catalogue)];
    return { say: cut(say, lines) };
  },
};

type Mine = SeenCatalogue['tools'][number] & { asks: boolean };

/** What a tool does, what it takes, and whether it asks somebody. Of a tool that is not theirs a person learns that. */
function aboutTool(say: Say, named: string, mine: Mine[], { tools: all }: SeenCatalogue): string {
  const wanted = named.toLowerCase().replaceAll(/[`\s-]+/g, '_');
  const found = mine.find(({ name }) => name.toLowerCase() === wanted);
  if (!found) {
    if (all.some(({ name }) => name.toLowerCase() === wanted)) return say('tools.not-yours');
    const near = mine.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, 8);
    const name = inlineCode(named, 60);
    if (near.length === 0) return say('tools.no-such', { name });
    return say('tools.did-you-mean', { name, near: near.map((each) => `\`${each.name}\``).join(', ') });
  }
  const { name, title, domain, description, asks, readOnly, inputSchema } = found;
  const rights = [say(readOnly ? 'tools.reads' : 'tools.writes'), say(asks ? 'tools.asks' : 'tools.runs-freely')];
  return cut(say, [
    `**${oneLine(title || name, 80)}** \`${name}\` (${oneLine(domain, 40)})`,
    oneLine(description, 900),
    ...argumentLines(say, inputSchema),
    `-# ${rights.join('; ')}`,
  ]);
}

function argumentLines(say: Say, { properties, required }: Record<string, unknown>): string[] {
  const names = Array.isArray(required) ? required : [];
  return Object.entries((properties ?? {}) as Record<string, { description?: unknown } | null>).map(([name, about]) => {
    const text = typeof about?.description === 'string' ? `: ${oneLine(about.description, 160)}` : '';
    return `- \`${oneLine(name, 40)}\`${names.includes(name) ? '' : ` (${say('tools.optional')})`}${text}`;
  });
}

function toolLines(say: Say, mine: Mine[]): string[] {
  if (mine.length === 0) return [say('tools.none')];
  const domains = [...Map.groupBy(mine, ({ domain }) => domain)];
  return [
    say('tools.yours'),
    ...domains.map(([domain, found]) => {
      const names = found.map(({ name, asks }) => `\`${name}\`${asks ? ' ✋' : ''}`);
      return `- **${oneLine(domain, 40)}** ${names.join(', ')}`;
    }),
  ];
}

function promptLines(say: Say, { prompts }: SeenCatalogue, mine: Mine[]): string[] {
  const domains = new Set(mine.map(({ domain }) => domain));
  const shown = prompts.filter(({ server }) => domains.has(server));
  if (shown.length === 0) return [];
  return [
    say('tools.prompts'),
    ...shown.map(({ server, name, title, description, arguments: args }) => {
      const about = oneLine(title || description, 100);
      const takes = args.length > 0 ? ` (${oneLine(args.join(', '), 80)})` : '';
      return `- **${oneLine(server, 40)}** ${oneLine(name, 60)}${takes}${about === '' ? '' : `: ${about}`}`;
    }),
  ];
}

function awayLines(say: Say, { unreachable }: SeenCatalogue): string[] {
  return unreachable.length === 0 ? [] : [say('tools.away', { names: oneLine(unreachable.join(', '), 200) })];
}

/** As many whole lines as a message holds, and how many are missing. */
function cut(say: Say, lines: string[]): string {
  const kept: string[] = [];
  let room = most;
  for (const line of lines) {
    room -= line.length + 1;
    if (room < 0) break;
    kept.push(line);
  }
  if (kept.length === 0) kept.push(`${lines[0]?.slice(0, most) ?? ''}…`);
  const missing = lines.length - kept.length;
  return missing > 0 ? `${kept.join('\n')}\n${say('lines.more', { count: missing })}` : kept.join('\n');
}
