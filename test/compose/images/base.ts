import { docker, run } from '../docker.ts';

export type Suite = 'bookworm' | 'trixie';

const bases = new Map<Suite, Promise<void>>();
/** Bases are built one after the other, because both may have to install mmdebstrap. */
let last = Promise.resolve();

/**
 * Builds a minimal root of a Debian suite as `dragoman-stand-in/base:<suite>`. It uses this machine's mirror and
 * certificates, because image builds reach the network in the same way.
 */
export function buildBase(suite: Suite): Promise<void> {
  const known = bases.get(suite);
  if (known) return known;
  last = last.then(() => build(suite));
  bases.set(suite, last);
  return last;
}

async function build(suite: Suite): Promise<void> {
  const image = `dragoman-stand-in/base:${suite}`;
  const found = await docker(['image', 'inspect', image], { check: false });
  if (found.code !== 0) await run('bash', ['-euo', 'pipefail', '-c', script, 'base', suite, image]);
}

const script = `
suite=$1 image=$2
command -v mmdebstrap >/dev/null || apt-get install -qy --no-install-recommends mmdebstrap >&2
. /etc/os-release
apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
  sed "s/ $VERSION_CODENAME/ $suite/" | sort -u |
  mmdebstrap --quiet --mode=root --variant=apt --include=ca-certificates,busybox,passwd,util-linux \\
    --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \\
    --customize-hook='copy-in /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs' "$suite" - - |
  docker import - "$image" >&2
`;
