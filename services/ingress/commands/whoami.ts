import { readCatalogue } from '#shared/run/catalogue.ts';
import { callerKey, callerSchema, type Caller } from '#shared/run/request.ts';
import { spentThisMonth } from '#shared/run/usage.ts';
import { oneLine } from '../delivery/escape.ts';
import type { IncomingInteraction } from '../interactions/interaction.ts';
import { usdIn } from '../language/amounts.ts';
import type { Say } from '../language/say.ts';
import { callerOf } from '../request/build.ts';
import { isApprover } from '../request/decision-rights.ts';
import { withServersApprovers } from '../request/settings.ts';
import type { Command, CommandContext } from './command.ts';

/** Tools that a line names. */
const mostNamed = 12;

/** Tells a person what they are here: roles, what they may use, what needs a yes, and whose. */
export const whoami: Command = {
  definition: { name: 'whoami', type: 1, description: 'Your roles with Dragoman, and what you may do here' },
  async use(interaction, context) {
    const ingress = await withServersApprovers(context, interaction.guild);
    const caller = callerSchema.parse(callerOf(interaction));
    const roles = ingress.policy.current().roles(caller);
    const spent = await spentThisMonth(ingress.redis, callerKey(caller));
    const { say } = interaction;
    const names = roles.map((role) => `\`${oneLine(role, 40)}\``).join(', ');
    return {
      say: [
        `**${oneLine(interaction.author.name, 60)}**, ${say(placeKey(interaction))}`,
        `- ${say('whoami.roles', { roles: names || say('whoami.no-roles') })}`,
        ...(await toolLines(say, caller, ingress)),
        `- ${say(decidesKey(interaction, ingress))}`,
        `- ${say('whoami.spent', { spent: usdIn(say, spent) })}`,
      ].join('\n'),
    };
  },
};

function placeKey({ guild, admin, moderator }: IncomingInteraction) {
  if (guild === undefined) return 'whoami.dm';
  if (admin) return 'whoami.admin';
  return moderator ? 'whoami.moderator' : 'whoami.member';
}

async function toolLines(say: Say, caller: Caller, ingress: CommandContext): Promise<string[]> {
  const catalogue = await readCatalogue(ingress.redis);
  if (!catalogue) return [`- ${say('whoami.tools-unknown')}`];
  const policy = ingress.policy.current();
  const by = Map.groupBy(catalogue.tools, ({ name }) => policy.permission(caller, name));
  const [free, asked] = [by.get('allow') ?? [], by.get('approve') ?? []];
  return [
    `- ${say('whoami.tools', { number: free.length + asked.length, all: catalogue.tools.length })}`,
    `- ${asked.length === 0 ? say('whoami.nothing-asks') : askedText(say, asked, ingress)}`,
  ];
}

/** What needs a yes, and whose; each counts only for tools that they may use themselves. */
function askedText(say: Say, asked: readonly { name: string }[], { config }: CommandContext): string {
  const shown = asked.slice(0, mostNamed).map(({ name }) => `\`${name}\``);
  const number = asked.length - shown.length;
  const names = number > 0 ? say('footer.more', { names: shown.join(', '), number }) : shown.join(', ');
  return say(config.DISCORD_APPROVERS.length > 0 ? 'whoami.asks-approver' : 'whoami.asks', { names });
}

function decidesKey(interaction: IncomingInteraction, ingress: CommandContext) {
  if (isApprover(interaction, ingress)) return 'whoami.decides-all';
  if (interaction.guild === undefined) return 'whoami.decides-nothing';
  return interaction.moderator ? 'whoami.decides-channel' : 'whoami.decides-own';
}
