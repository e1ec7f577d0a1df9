/** The name under which the personas of a server are stored, beside its settings. */
export function personasOf(guild: string): string {
  return `personas:${guild}`;
}
