import ipaddr from 'ipaddr.js';

/**
 * `public`: globally reachable. `internal`: private networks and loopback, which an operator may open by naming a host.
 * `never`: what no fetch may reach: link-local, cloud metadata, multicast, reserved, and the IPv6 forms that carry an
 * IPv4 address inside (mapped, NAT64, 6to4, Teredo), because a translator would reach the address inside.
 */
export type Reach = 'public' | 'internal' | 'never';

// Ranges that the IANA IPv4 and IPv6 special-purpose address registries call "globally reachable".
const REACHABLE = new Set(['unicast', 'as112', 'as112v6', 'amt']);
const INTERNAL = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

/** Cloud metadata and host-agent services whose addresses look public or ordinary-private. */
const METADATA = [
  '168.63.129.16/32', // Azure's wire server
  '100.100.100.200/32', // Alibaba Cloud
  'fd00:ec2::/32', // AWS: metadata, credentials of pods, time, names
  'fd20:ce::254/128', // Google Cloud
].map((range) => ipaddr.parseCIDR(range));

/** Outside 2000::/3 nothing is assigned as global unicast (RFC 4291 2.5.4 and IANA's IPv6 address space registry). */
const GLOBAL_UNICAST_V6 = ipaddr.parseCIDR('2000::/3');

/**
 * IPv6 blocks of the special-purpose registry. ipaddr.js takes the parts of them that it does not list for ordinary
 * addresses.
 */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '3fff::/20'].map((range) => ipaddr.parseCIDR(range));

/** Classifies an address in its usual spelling (what `new URL` or a resolver gives). Anything else is `never`. */
export function reachOf(address: string): Reach {
  if (!ipaddr.isValid(address)) return 'never';
  const parsed = ipaddr.parse(address);
  if (METADATA.some((range) => within(parsed, range))) return 'never';
  const range: string = parsed.range();
  if (INTERNAL.has(range)) return 'internal';
  if (!REACHABLE.has(range)) return 'never';
  if (parsed.kind() === 'ipv4') return 'public';
  if (!within(parsed, GLOBAL_UNICAST_V6)) return 'never';
  const special = range === 'unicast' && SPECIAL_V6.some((block) => within(parsed, block));
  return special ? 'never' : 'public';
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function within(address: Address, range: [Address, number]): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}
