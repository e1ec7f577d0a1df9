import { IDEMPOTENCY_META, OUTCOME_META, REPEATED_META } from '#shared/ground/tool-meta.ts';
import { argumentsHash } from '#shared/run/arguments-hash.ts';
import type { Caller } from '#shared/run/request.ts';
import { newestClient, type RunnerAddress } from '#test/lib/mcp-clients.ts';
import { startRig, type Rig, type RigOptions } from './rig.ts';

export const signingKey = 'k'.repeat(48);

export interface Answer {
  text: string;
  failed: boolean;
  data: unknown;
  outcome: unknown;
}

export interface CallOptions {
  /** The name of the person who asks, or a whole caller. */
  as?: string | Partial<Caller>;
  /** The server that they ask in; null for direct messages. */
  guild?: string | null;
  /** Id of the channel that they ask in. */
  in?: string;
  key?: string;
  repeated?: boolean;
  /** The arguments that a human said yes to, where these are others than those of the call. */
  approved?: unknown;
}

/** The real ingress with its Discord tools, and a client that calls them with a worker's tokens. */
export interface ToolsRig extends Rig {
  runner: RunnerAddress;
  call(tool: string, args?: Record<string, unknown>, options?: CallOptions): Promise<Answer>;
}

export async function startToolsRig(options: RigOptions = {}): Promise<ToolsRig> {
  const rig = await startRig({ ...options, start: false });
  const context = await rig.start({ DRAGOMAN_SIGNING_KEY: signingKey, DISCORD_TOOLS_PORT: '0' });
  const runner = { url: `http://127.0.0.1:${context.toolsPort}/mcp`, server: 'discord', signingKey };
  return Object.assign(rig, {
    runner,
    call: (tool: string, args: Record<string, unknown> = {}, how: CallOptions = {}) =>
      call(rig, runner, tool, args, how),
  });
}

function callerOf({ playground }: Rig, { as = 'Max', guild = playground.guildId, in: channel }: CallOptions): Caller {
  const people: Record<string, string> = playground.people;
  const who = typeof as === 'string' ? { id: people[as] ?? as, name: as } : as;
  return {
    kind: 'discord',
    id: 'nobody',
    name: '',
    // The roles at the time of asking decide about the policy, never about what is seen.
    discordRoles: [playground.roles.operator],
    ...(guild !== null && { guild }),
    channel: channel ?? playground.channels.general,
    ...who,
  };
}

async function call(
  rig: Rig,
  runner: RunnerAddress,
  tool: string,
  args: Record<string, unknown>,
  options: CallOptions,
): Promise<Answer> {
  const approvedArguments = argumentsHash(options.approved ?? args);
  const client = await newestClient(runner, { caller: callerOf(rig, options), approvedArguments });
  try {
    const meta = {
      ...(options.key !== undefined && { [IDEMPOTENCY_META]: options.key }),
      ...(options.repeated === true && { [REPEATED_META]: true }),
    };
    const result = await client.callTool({ name: tool, arguments: args, _meta: meta });
    const content = result.content as { text?: string }[];
    return {
      text: content.map(({ text = '' }) => text).join('\n'),
      failed: result.isError === true,
      data: result.structuredContent,
      outcome: result._meta?.[OUTCOME_META],
    };
  } finally {
    await client.close();
  }
}
