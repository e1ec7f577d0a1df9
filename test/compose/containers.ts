import { mkdtempSync, chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { secretGroups, type Files } from '#services/setup/secrets/groups.ts';
import { freePort } from '#test/lib/ports.ts';
import { docker } from './docker.ts';
import { compose } from './stack.ts';

type BindMount = Parameters<GenericContainer['withBindMounts']>[0][number];
type HealthCheck = Parameters<GenericContainer['withHealthCheck']>[0];

/** What we read of a service in `docker compose config --format json`. */
interface Service {
  image: string;
  user: string;
  command: string[] | null;
  environment?: Record<string, string>;
  volumes: { type: 'bind' | 'volume'; source: string; target: string; read_only?: boolean }[];
  tmpfs: string[];
  cap_drop: string[];
  security_opt: string[];
  mem_limit: string;
  cpus: number;
  pids_limit: number;
  read_only: boolean;
  init: boolean;
  healthcheck: { test: string[]; timeout: string };
}

/** One service of compose.yaml in a container of its own, apart from the stack that runs. */
export interface ServiceContainer extends AsyncDisposable {
  image: string;
  /** On loopback. It stays the same after each start. */
  port: number;
  /** The secrets that it mounts, by group. */
  secrets: Record<string, Files>;
  /** Kills the container (kill -9) and removes it, so that only its volumes are left. */
  kill(): Promise<void>;
  /** Starts a new container on the volumes of the previous one. Resolves when it is healthy. */
  start(): Promise<void>;
}

/** The label of containers and volumes that are made here. */
const label = 'dragoman.test.containers';
const startMs = 180_000;

/**
 * Removes what a killed suite left behind. testcontainers' own reaper is an image, which cannot be had where no
 * registry answers.
 */
export async function removeLeftContainers(): Promise<void> {
  const found = async (args: string[]) =>
    (await docker([...args, '-q', '--filter', `label=${label}`])).stdout.split('\n').filter(Boolean);
  const containers = await found(['ps', '-a']);
  if (containers.length > 0) await docker(['rm', '-f', '-v', ...containers]);
  const volumes = await found(['volume', 'ls']);
  if (volumes.length > 0) await docker(['volume', 'rm', ...volumes]);
}

/** Starts a service with all that compose.yaml says of it: image, command, rights, limits, mounts, health check. */
export async function startServiceContainer(name: string, containerPort: number): Promise<ServiceContainer> {
  const service = await serviceOf(name);
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-container-'));
  // The container runs as another user, who must be able to enter this folder.
  chmodSync(folder, 0o755);
  const secrets: Record<string, Files> = {};
  const volumes: string[] = [];
  const mounts: BindMount[] = [];
  for (const { type, source, target, read_only } of service.volumes) {
    const group = /^secret-(.+)$/.exec(source)?.[1];
    const from = type === 'bind' ? source : group ? writeSecrets(folder, group, secrets) : await makeVolume(volumes);
    mounts.push({ source: from, target, mode: read_only ? 'ro' : 'rw' });
  }
  const port = await freePort();
  const create = () => new ServiceAlone(service, mounts, { container: containerPort, host: port }).start();
  let running: StartedTestContainer | undefined;

  async function kill(): Promise<void> {
    const id = running?.getId();
    running = undefined;
    // The container is removed by force: testcontainers would stop it, and a server could then end in order.
    if (id !== undefined) await docker(['rm', '-f', id]);
  }
  async function dispose(): Promise<void> {
    await kill();
    if (volumes.length > 0) await docker(['volume', 'rm', ...volumes]);
    rmSync(folder, { recursive: true, force: true });
  }
  async function start(): Promise<void> {
    running = await create();
  }
  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return { image: service.image, port, secrets, kill, start, [Symbol.asyncDispose]: dispose };
}

async function serviceOf(name: string): Promise<Service> {
  const { stdout } = await compose(['config', '--format', 'json']);
  const { services } = JSON.parse(stdout) as { services: Record<string, Service> };
  const service = services[name];
  if (!service) throw new Error(`compose.yaml has no service ${name}`);
  return service;
}

/** Makes a group of secrets as the stack does, with a folder in place of its volume. Returns the folder. */
function writeSecrets(folder: string, group: string, made: Record<string, Files>): string {
  const maker = secretGroups[group];
  if (!maker) throw new Error(`there are no secrets ${group}`);
  const files = maker({});
  made[group] = files;
  const target = path.join(folder, group);
  mkdirSync(target, { mode: 0o755 });
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(target, name), content, { mode: 0o444 });
  return target;
}

async function makeVolume(made: string[]): Promise<string> {
  const volume = (await docker(['volume', 'create', '--label', label])).stdout.trim();
  made.push(volume);
  return volume;
}

class ServiceAlone extends GenericContainer {
  constructor(service: Service, mounts: BindMount[], port: { container: number; host: number }) {
    super(service.image);
    this.withUser(service.user)
      .withLabels({ [label]: '' })
      .withEnvironment(service.environment ?? {})
      .withBindMounts(mounts)
      .withTmpFs(Object.fromEntries(service.tmpfs.map(splitTmpfs)))
      .withDroppedCapabilities(...service.cap_drop)
      .withSecurityOpt(...service.security_opt)
      .withResourcesQuota({ memory: Number(service.mem_limit) / 1024 ** 3, cpu: service.cpus })
      .withExposedPorts(port)
      .withHealthCheck(healthCheck(service.healthcheck))
      .withWaitStrategy(Wait.forHealthCheck())
      .withStartupTimeout(startMs);
    if (service.command) this.withCommand(service.command.map(unescaped));
    // testcontainers has no methods for these, and its ports would be open to the whole network.
    this.hostConfig.ReadonlyRootfs = service.read_only;
    this.hostConfig.Init = service.init;
    this.hostConfig.PidsLimit = service.pids_limit;
    this.hostConfig.PortBindings = {
      [`${port.container}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(port.host) }],
    };
  }
}

function splitTmpfs(entry: string): [string, string] {
  const [target = '', ...options] = entry.split(':');
  return [target, options.join(':')];
}

/** The check runs more often than compose.yaml says, because each start would otherwise take five seconds. */
function healthCheck({ test, timeout }: Service['healthcheck']): HealthCheck {
  const seconds = /^(\d+)s$/.exec(timeout)?.[1];
  if (seconds === undefined) throw new Error(`a health check's timeout of ${timeout} cannot be read`);
  const command = test.map(unescaped) as HealthCheck['test'];
  return { test: command, interval: 500, timeout: Number(seconds) * 1_000, retries: 240 };
}

/** `docker compose config` doubles each $; this undoes it. */
function unescaped(text: string): string {
  return text.replaceAll('$$', '$');
}
