import { readCatalogue } from '#shared/run/catalogue.ts';
import { callerKey, callerSchema, type Caller } from '#shared/run/request.ts';
import { spentThisMonth } from '#shared/run/usage.ts';
import { oneLine } from '../delivery/escape.ts';
import type { IncomingInteraction } from '../interactions/interaction.ts';
import { callerOf } from '../request/build.ts';
import { isApprover } from '../request/decision-rights.ts';
import { withServersApprovers } from '../request/settings.ts';
import type { Command, CommandContext } from './command.ts';
import { usd } from './usage.ts';

/** Tells a person what they are here: roles, what they may use, what needs a yes, and whose. */
export const whoami: Command = {
  definition: { name: 'whoami', type: 1, description: 'Your roles with Dragoman, and what you may do here' },
  async use(interaction, context) {
    const ingress = await withServersApprovers(context, interaction.guild);
    const caller = callerSchema.parse(callerOf(interaction));
    const roles = ingress.policy.current().roles(caller);
    const spent = await spentThisMonth(ingress.redis, callerKey(caller));
    return {
      say: [
        `**${oneLine(interaction.author.name, 60)}**, ${placeText(interaction)}`,
        `- Roles: ${roles.length === 0 ? 'none' : roles.map((role) => `\`${oneLine(role, 40)}\``).join(', ')}`,
        ...(await toolLines(caller, ingress)),
        `- You decide: ${decides(interaction, ingress)}`,
        `- This month: ${usd(spent)}; \`/usage\` tells more`,
      ].join('\n'),
    };
  },
};

function placeText({ guild, admin, moderator }: IncomingInteraction): string {
  if (guild === undefined) return 'in direct messages, where your roles in a server do not count';
  if (admin) return 'you manage this server';
  return moderator ? 'you moderate this channel' : 'a member here';
}

async function toolLines(caller: Caller, ingress: CommandContext): Promise<string[]> {
  const catalogue = await readCatalogue(ingress.redis);
  if (!catalogue) return ['- Tools: no worker has said yet which there are'];
  const policy = ingress.policy.current();
  const by = Map.groupBy(catalogue.tools, ({ name }) => policy.permission(caller, name));
  const [free, asked, none] = [by.get('allow') ?? [], by.get('approve') ?? [], by.get('deny') ?? []];
  const names = asked.slice(0, 12).map(({ name }) => `\`${name}\``);
  const more = asked.length > names.length ? ` and ${asked.length - names.length} more` : '';
  return [
    `- You may use ${free.length + asked.length} of ${catalogue.tools.length} tools${none.length > 0 ? '' : ', all there are'}; \`/tools\` lists them`,
    asked.length === 0
      ? '- Nothing that you may use asks somebody first, unless it writes after it has read text from outside'
      : `- A yes is needed for ${names.join(', ')}${more}: ${whose(ingress)}`,
  ];
}

/** Whose yes counts; each only for tools that they may use themselves. */
function whose({ config }: CommandContext): string {
  const approvers = config.DISCORD_APPROVERS.length > 0 ? ', or an approver' : '';
  return `yours, that of a moderator of the channel${approvers}`;
}

function decides(interaction: IncomingInteraction, ingress: CommandContext): string {
  if (isApprover(interaction, ingress)) return 'for everybody, as an approver (`/approve`)';
  if (interaction.guild === undefined) return 'nothing in direct messages';
  if (interaction.moderator) return 'for everybody who asks in this channel, and for yourself (`/approve`)';
  return 'for yourself (`/approve`)';
}
