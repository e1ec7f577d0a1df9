import { aptInstall, aptPrefix, onPath } from '#start/apt.ts';
import { s3Missing, startTestS3 } from './s3.ts';

interface Need {
  /** Any of these programs will do. */
  programs: string[];
  packages: string[];
  why: string;
  /** Without it nothing can be tested. */
  required?: true;
}

const needs: Need[] = [
  { programs: ['redis-server'], packages: ['redis-server'], why: 'The tests need Redis.', required: true },
  {
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    packages: ['chromium'],
    why: 'The browser tests need Chromium.',
  },
  { programs: ['openssl'], packages: ['openssl'], why: 'The tests of certificates need openssl.' },
];

/**
 * Installs what the suites need and this machine lacks, after `say` has said so. What cannot be installed keeps its
 * suites from running, which they say themselves; without Redis nothing runs, and this throws StartError.
 */
export async function prepare(say: (text: string) => void): Promise<void> {
  for (const need of needs) {
    if (need.programs.some((program) => onPath(program))) continue;
    if (!need.required && !aptPrefix()) {
      say(`${need.why} It cannot be installed here (no apt, or no right to use it): those suites are skipped.`);
      continue;
    }
    await aptInstall(need.packages, need.why, say).catch((error: unknown) => {
      if (need.required) throw error;
      say(String(error));
    });
  }
  await prepareS3(say);
}

/** Built once, before the suites: two of them building at once would take twice as long. */
async function prepareS3(say: (text: string) => void): Promise<void> {
  if (s3Missing) return;
  const slow = setTimeout(() => say('Building the S3 server of the tests (once, a minute or two) …'), 5_000);
  try {
    await using server = await startTestS3();
    void server.port;
  } finally {
    clearTimeout(slow);
  }
}
