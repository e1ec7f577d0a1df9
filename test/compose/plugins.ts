import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { docker } from './docker.ts';
import { buildBase } from './images/base.ts';

/** Gives the Docker client `compose` and `buildx` from Debian trixie's packages where it lacks them. */
export async function ensurePlugins(say: (line: string) => void): Promise<void> {
  const has = await Promise.all([isThere('compose'), isThere('buildx')]);
  if (!has.includes(false)) return;
  say("installing docker's compose and buildx plugins from Debian trixie");
  await buildBase('trixie');
  const image = 'dragoman-stand-in/plugins';
  await docker(['build', '-q', '-t', image, '-'], { input: dockerfile, env: { DOCKER_BUILDKIT: '0' } });
  const folder = path.join(homedir(), '.docker', 'cli-plugins');
  mkdirSync(folder, { recursive: true });
  const container = (await docker(['create', image, 'true'])).stdout.trim();
  try {
    await docker(['cp', `${container}:/usr/libexec/docker/cli-plugins/.`, folder]);
  } finally {
    await docker(['rm', container]);
  }
}

async function isThere(plugin: string): Promise<boolean> {
  return (await docker([plugin, 'version'], { check: false })).code === 0;
}

const dockerfile = `FROM dragoman-stand-in/base:trixie
RUN apt-get update -q && apt-get install -qy --no-install-recommends docker-compose docker-buildx && rm -rf /var/lib/apt/lists/*
`;
