interface Room {
  /** The rooms that it builds on. It imports no room that builds on it. */
  on: string[];
  /** What is in it, for ARCHITECTURE.md. */
  holds: string;
}

/** The rooms of shared/. mcp/ may import `ground` and `picture`. */
export const sharedRooms: Record<string, Room> = {
  ground: { on: [], holds: 'settings, errors, deadlines, words that several rooms share' },
  tables: { on: [], holds: 'tables of text and their width in columns' },
  picture: { on: [], holds: 'charts and tables as pictures' },
  process: { on: ['ground'], holds: 'what every service has: log, metrics, health, start and end' },
  servers: { on: ['ground'], holds: 'the list of MCP servers' },
  redis: { on: ['ground', 'process'], holds: 'connections, keys, scripts, the clock, replicas' },
  queue: { on: ['ground', 'process', 'redis'], holds: 'queues and their workers, the catalogue of jobs, who lives' },
  run: {
    on: ['ground', 'process', 'redis', 'queue'],
    holds: 'the store of runs: record, journal, line, fold, follower, sweep',
  },
  audit: { on: ['ground', 'process', 'redis', 'run'], holds: 'the audit log: chain, seals, index, retention' },
  memory: {
    on: ['ground', 'process', 'redis', 'queue', 'run'],
    holds: 'what people want remembered, and search in it',
  },
  schedules: { on: ['redis', 'run'], holds: 'scheduled questions: when they are due, in words and in Redis' },
  settings: {
    on: ['ground', 'process', 'redis', 'queue', 'run'],
    holds: 'what servers, channels and people have set: the catalogue, the store, prompts with variables',
  },
  rights: { on: ['ground', 'process', 'redis', 'run'], holds: 'the policy, API keys, and the tokens of tool calls' },
  runner: {
    on: ['ground', 'process', 'redis', 'queue', 'run', 'rights', 'servers'],
    holds: 'what serves tools: HTTP, tokens, calls and the memory of them',
  },
  archive: {
    on: ['ground', 'process', 'redis', 'run', 'audit'],
    holds: 'history in PostgreSQL, and lookups through both',
  },
};

/**
 * The rooms of services/ingress, each with those that it builds on. What a room needs beyond them comes through an
 * interface of its own, which `context.ts` fills. All rooms may use the files `config.ts`, `display.ts`,
 * `events.ts` and `shards.ts`.
 */
export const ingressRooms: Record<string, string[]> = {
  text: ['language'],
  language: [],
  discord: ['language'],
  signs: ['discord', 'language'],
  triggers: ['discord', 'language'],
  interactions: ['discord', 'language'],
  delivery: ['discord', 'language', 'text', 'signs'],
  request: ['discord', 'language', 'text', 'triggers'],
  messages: ['discord', 'language', 'signs', 'triggers', 'delivery', 'request'],
  buttons: ['language', 'delivery', 'request', 'interactions'],
  schedules: ['discord', 'language', 'triggers', 'delivery', 'request'],
  commands: [
    'discord',
    'language',
    'text',
    'signs',
    'triggers',
    'delivery',
    'request',
    'messages',
    'interactions',
    'schedules',
  ],
  tools: ['discord', 'delivery', 'request'],
  startup: ['discord', 'messages', 'commands'],
  gateway: ['discord', 'delivery', 'interactions', 'messages', 'buttons', 'commands', 'startup', 'language'],
};

/** Draws which room builds on which, leaving out arrows that follow from others. Then lists what each room holds. */
export function drawRooms(): string {
  const placed = new Set<string>();
  const lines: string[] = [];
  const byHeight = Object.keys(sharedRooms).toSorted((a, b) => heightOf(b) - heightOf(a));
  for (const room of byHeight) {
    if (!placed.has(room)) lines.push(...linesFrom(room, placed));
  }
  const rows = Object.entries(sharedRooms).map(([name, { holds }]) => `| \`shared/${name}\` | ${holds} |`);
  return ['```', ...lines, '```', '', '| room | holds |', '| --- | --- |', ...rows].join('\n');
}

/** Goes down to the first room that the picture already has; further arrows of a room on the way get lines of their own. */
function linesFrom(from: string, placed: Set<string>): string[] {
  const chain: string[] = [];
  const further: string[] = [];
  for (let room: string | undefined = from; room !== undefined;) {
    chain.push(room);
    if (placed.has(room)) break;
    placed.add(room);
    const [next, ...more]: string[] = directlyOn(room);
    further.push(...more.map((other) => `${room} ──▶ ${other}`));
    room = next;
  }
  return [chain.join(' ──▶ '), ...further];
}

/** The rooms that it builds on, without those that these build on in turn. */
function directlyOn(room: string): string[] {
  const on = sharedRooms[room]?.on ?? [];
  return on.filter((below) => !on.some((other) => sharedRooms[other]?.on.includes(below)));
}

function heightOf(room: string): number {
  return 1 + Math.max(-1, ...(sharedRooms[room]?.on ?? []).map(heightOf));
}
