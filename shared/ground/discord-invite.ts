/** The permissions that the bot needs, as Discord's number: those of `neededPermissions` in the ingress. */
export const invitePermissions = '274878024768';

/** The link that invites the bot of an application to a server, with all that it needs there. */
export function inviteLink(application: string): string {
  const query = new URLSearchParams({
    client_id: application,
    scope: 'bot applications.commands',
    permissions: invitePermissions,
  });
  return `https://discord.com/oauth2/authorize?${query.toString()}`;
}
