import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';
import { inviteLink } from '#shared/ground/discord-invite.ts';
import type { Part } from './part.ts';
import type { Talk } from './talk.ts';

const applicationSchema = z.object({
  id: z.string(),
  name: z.string().optional(),
  flags: z.number().default(0),
});

/** Bits of an application's flags: Message Content is switched on, for a verified bot or for a small one. */
const messageContent = (1 << 18) | (1 << 19);

/** Takes a bot's token, asks Discord whose it is, looks at its switches and prints the link that invites it. */
export const setUpDiscord: Part = async (talk, { now, keep }) => {
  const before = now['DISCORD_TOKEN'] || now['DISCORD_TOKEN_FILE'];
  talk.say(`\nDiscord. Now: ${before ? 'a token is set' : 'no token; the bot is on the playground'}.`);
  const about = 'A token: https://discord.com/developers/applications → New Application → Bot → Reset Token.';
  if (!before) talk.say(about);
  const base = (now['DISCORD_API_BASE'] || 'https://discord.com/api').replace(/\/$/, '');
  for (;;) {
    const token = await talk.secret('Token, or Enter to leave it as it is');
    if (token === '') return;
    const found = await lookUp(base, token);
    if (typeof found === 'string') {
      talk.bad(found);
      continue;
    }
    talk.good(`The token is ${found.name ?? 'a bot'}’s.`);
    tellIntent(talk, found.flags);
    talk.say(`To invite the bot to a server, open: ${inviteLink(found.id)}`);
    keep({ DISCORD_TOKEN: token });
    return;
  }
};

function tellIntent(talk: Talk, flags: number): void {
  if ((flags & messageContent) !== 0) return talk.good('Message Content is switched on.');
  talk.bad(
    'Message Content is off. Switch it on: developer portal, your application, Bot, Privileged Gateway Intents. Without it the bot reads only what mentions it.',
  );
}

/** The application that the token belongs to, or why it is not known. */
async function lookUp(base: string, token: string): Promise<z.output<typeof applicationSchema> | string> {
  if (/\s/.test(token)) return 'A token has no spaces. Copy it again.';
  try {
    const response = await fetch(`${base}/v10/applications/@me`, {
      headers: { authorization: `Bot ${token}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 401) return 'Discord refuses the token. Reset it on the page Bot, and copy it again.';
    if (!response.ok) return `Discord answers ${response.status}. Try again in a few minutes.`;
    return applicationSchema.parse(await response.json());
  } catch (error) {
    return `No answer from ${base} (${errorText(error).replaceAll(token, '[token]')}). Check the network.`;
  }
}
