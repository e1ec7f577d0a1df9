import ipaddr from 'ipaddr.js';

const pictureData = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/;

/**
 * Why a picture cannot be taken from this address; undefined when it can. The model's provider fetches it, or the
 * gateway does: neither may be sent to an address inside.
 */
export function imageUrlProblem(url: string): string | undefined {
  if (url.startsWith('data:')) {
    return pictureData.test(url) ? undefined : 'must be a picture (png, jpeg, gif or webp) in base64';
  }
  const parsed = URL.parse(url);
  if (!parsed) return 'must be an https address, or a data: URL of a picture';
  if (parsed.protocol !== 'https:') return `must be an https address, not ${parsed.protocol.slice(0, 20)}`;
  if (parsed.username !== '' || parsed.password !== '') return 'must not hold a name or password';
  return isPublicName(parsed.hostname) ? undefined : 'must be a public address';
}

function isPublicName(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() === 'unicast';
  return (
    host.includes('.') &&
    !/(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|arpa|test|invalid|onion)$/i.test(host)
  );
}
