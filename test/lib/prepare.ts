import { existsSync } from 'node:fs';
import { aptInstall, aptPrefix, onPath } from '#start/apt.ts';
import { errorText } from '#shared/ground/errors.ts';
import { reachedText } from './reach.ts';
import { redisServer } from './redis-server.ts';
import { buildS3Server, skipS3Suites } from './s3-binary.ts';
import { told, type Say } from './told.ts';

interface Need {
  what: string;
  /** A file needs it when it contains this text, or leads to a file that does. */
  mark: string;
  /**
   * Provides it, and says what it does before doing it. Resolves with why it cannot be had; undefined when it is there.
   */
  provide: (say: Say) => Promise<string | undefined>;
  /** True when suites skip themselves without it. Suites that do not are left out. */
  suitesKnow: boolean;
}

const needs: Need[] = [
  { what: 'Redis', mark: "'redis-server'", provide: redis, suitesKnow: false },
  {
    what: 'Chromium',
    mark: "'chromium'",
    provide: program(['chromium', 'chromium-browser', 'google-chrome'], 'chromium'),
    suitesKnow: true,
  },
  { what: 'openssl', mark: "'openssl'", provide: program(['openssl'], 'openssl'), suitesKnow: true },
  { what: 'Prometheus', mark: 'startTestPrometheus', provide: program(['prometheus'], 'prometheus'), suitesKnow: true },
  {
    what: 'Alertmanager',
    mark: 'startTestAlertmanager',
    provide: program(['prometheus-alertmanager'], 'prometheus-alertmanager'),
    suitesKnow: true,
  },
  {
    what: 'Netdata',
    mark: 'startTestNetdata',
    provide: program(['netdata'], 'netdata-core'),
    suitesKnow: true,
  },
  { what: 'S3 server', mark: 'startTestS3', provide: s3Server, suitesKnow: true },
];

/**
 * Installs and builds what these test files need and this machine lacks, and says so while it does. What cannot be had
 * keeps only the suites from running that need it. Returns the files that must be left out, with the reason.
 */
export async function prepare(files: readonly string[], say: Say): Promise<Map<string, string>> {
  const leftOut = new Map<string, string>();
  for (const { what, mark, provide, suitesKnow } of needs) {
    const needing = files.filter((file) => reachedText(file).includes(mark));
    if (needing.length === 0) continue;
    const why = await provide((text) => say(`${what}: ${text}`));
    if (why === undefined) continue;
    say(`${what} cannot be had, so the suites that need it are skipped: ${why}`);
    if (!suitesKnow) for (const file of needing) leftOut.set(file, why);
  }
  return leftOut;
}

/** If a server was chosen, it must exist; else Debian's will do. */
async function redis(say: Say): Promise<string | undefined> {
  const chosen = redisServer();
  if (chosen === 'redis-server') return program([chosen], chosen)(say);
  return existsSync(chosen) || onPath(chosen) ? undefined : `there is no ${chosen}`;
}

/** Provides a program of a Debian package, under any of the names. */
function program(names: string[], debianPackage: string): Need['provide'] {
  return async (say) => {
    if (names.some((name) => onPath(name))) return undefined;
    const command = `apt-get install ${debianPackage}`;
    if (!aptPrefix()) return `${debianPackage} is not installed, and cannot be installed from here. Run: ${command}`;
    try {
      await told(say, `installing ${debianPackage}`, () =>
        aptInstall([debianPackage], 'Some of these test files need it.', say),
      );
      return undefined;
    } catch (error) {
      return errorText(error);
    }
  };
}

async function s3Server(say: Say): Promise<string | undefined> {
  try {
    await told(say, 'building versitygw with Go, once for all clones, takes some minutes', (heard) =>
      buildS3Server({ heard }),
    );
    return undefined;
  } catch (error) {
    skipS3Suites(errorText(error));
    return errorText(error);
  }
}
