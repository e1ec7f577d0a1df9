import { errorText } from '#shared/ground/errors.ts';
import type { CliConfig } from '../config.ts';
import { broken, ok, warning, type Finding } from './finding.ts';

/** Checks Discord's token and says whose it is. Without a token the bot is on the playground, which is fine too. */
export async function checkDiscord(config: CliConfig): Promise<Finding> {
  const { DISCORD_TOKEN: token, DISCORD_API_BASE: base } = config;
  if (!token) return ok('Discord', 'no DISCORD_TOKEN: npm start runs the bot on the playground');
  const url = `${base.replace(/\/$/, '')}/v10/users/@me`;
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bot ${token}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 401) {
      const mend = 'Copy the token again: discord.com/developers/applications, your application, Bot, Reset Token.';
      return broken('Discord', 'the token is refused', mend);
    }
    if (!response.ok) return warning('Discord', `${base} answers ${response.status}`, 'Try again in a few minutes.');
    const { username } = (await response.json()) as { username?: string };
    return ok('Discord', `the token is ${username}'s`);
  } catch (error) {
    return broken(
      'Discord',
      `no answer from ${base} (${errorText(error)})`,
      'Check the network, and DISCORD_API_BASE.',
    );
  }
}
