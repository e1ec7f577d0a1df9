import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { told } from '#test/lib/told.ts';
import { docker, run } from './docker.ts';

/** Says why there is no engine for the suite; undefined when one answers. */
export type Engine = { ready: true; stop: () => Promise<void> } | { ready: false; why: string };

/**
 * Finds a Docker engine. Where there is none, as root on Debian, installs and starts one. `stop` ends what was started
 * here.
 */
export async function ensureEngine(logs: string, say: (line: string) => void): Promise<Engine> {
  if (await answers()) return { ready: true, stop: () => Promise.resolve() };
  if (process.getuid?.() !== 0) return { ready: false, why: 'no Docker engine answers, and starting one needs root' };
  if (!existsSync('/usr/sbin/dockerd') && !existsSync('/usr/bin/dockerd')) {
    if (!existsSync('/usr/bin/apt-get')) return { ready: false, why: 'no Docker engine, and no apt to install one' };
    say('installing docker.io with apt');
    const apt = await told(say, 'apt-get install docker.io', installEngine);
    if (apt.code !== 0) return { ready: false, why: `docker.io cannot be installed: ${apt.stderr.slice(-300)}` };
  }
  return startEngine(logs, say);
}

async function installEngine(): ReturnType<typeof run> {
  await run('apt-get', ['update', '-q'], { check: false });
  return run('apt-get', ['install', '-qy', '--no-install-recommends', 'docker.io', 'iptables'], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    check: false,
  });
}

async function startEngine(logs: string, say: (line: string) => void): Promise<Engine> {
  mkdirSync(logs, { recursive: true });
  const logFile = path.join(logs, 'dockerd.log');
  const out = openSync(logFile, 'a');
  // The usual pools hold some thirty networks, and a stack has two dozen: a second one would find none left.
  const pools = ['--default-address-pool', 'base=172.16.0.0/12,size=24'];
  const daemon = spawn('dockerd', pools, { stdio: ['ignore', out, out] });
  let ended = false;
  daemon.once('exit', () => (ended = true));
  daemon.once('error', () => (ended = true));
  // oxlint-disable-next-line no-unmodified-loop-condition -- the process' events set it
  for (let tries = 0; tries < 60 && !ended; tries += 1) {
    if (await answers()) {
      say('started dockerd');
      return {
        ready: true,
        async stop() {
          daemon.kill('SIGTERM');
          // oxlint-disable-next-line no-unmodified-loop-condition -- the process' events set it
          for (let waited = 0; waited < 100 && !ended; waited += 1) await sleep(200);
        },
      };
    }
    await sleep(500);
  }
  daemon.kill('SIGTERM');
  return { ready: false, why: `dockerd does not start here; see ${logFile}` };
}

async function answers(): Promise<boolean> {
  try {
    return (await docker(['info'], { check: false, timeout: 10_000 })).code === 0;
  } catch {
    return false;
  }
}
