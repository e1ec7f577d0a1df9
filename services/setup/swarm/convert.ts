import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { OperatorError } from '#shared/ground/errors.ts';

type Json = Record<string, unknown>;

/** The part of `docker compose config --format json` that is read here. */
export interface ComposeConfig {
  name: string;
  services: Record<string, ComposeService>;
  networks: Record<string, { internal?: boolean; ipam?: Json } | null>;
  volumes: Record<string, unknown>;
}

interface ComposeService extends Json {
  command?: string[] | null;
  entrypoint?: string[] | null;
  environment?: Record<string, string | null>;
  healthcheck?: { disable?: boolean };
  image: string;
  networks?: Record<string, unknown>;
  network_mode?: string;
  volumes?: { type: string; source?: string; target: string; read_only?: boolean }[];
  depends_on?: Record<string, { condition: string }>;
  tmpfs?: string[];
  mem_limit?: string | number;
  cpus?: number;
  pids_limit?: number;
  restart?: string;
  deploy?: { replicas?: number };
}

export interface SwarmOptions {
  /** Secret files by group, as `services/setup/main.ts secrets` wrote them. */
  secrets: Record<string, string[]>;
}

/** Keys that a stack takes over from Compose unchanged. */
const kept = [
  'command',
  'entrypoint',
  'image',
  'user',
  'read_only',
  'cap_drop',
  'init',
  'logging',
  'stop_grace_period',
];
const secretVolume = /^secret-(.+)$/;

/**
 * The Swarm stack of a Compose configuration: limits and restarts under `deploy`, secret volumes as Swarm secrets,
 * mounted folders of this repository as Swarm configs, overlay networks whose names DNS answers. No port is published,
 * because a stack cannot publish on loopback alone. One-shot services are left out; their work is done beforehand
 * (docs/swarm.md).
 */
export function toSwarm(config: ComposeConfig, options: SwarmOptions): Json {
  const secrets: Json = {};
  const configs: Json = {};
  const services: Json = {};
  for (const [name, service] of Object.entries(config.services)) {
    if (oneShot(config, name)) continue;
    const mounts = convertMounts(service, options, secrets, configs);
    services[name] = {
      ...Object.fromEntries(kept.filter((key) => service[key] != null).map((key) => [key, service[key]])),
      environment: given(service.environment ?? {}),
      ...(service.healthcheck && { healthcheck: service.healthcheck }),
      networks: Object.keys(service.networks ?? {}),
      ...mounts,
      deploy: deployment(service),
    };
  }
  return {
    version: '3.9',
    services,
    networks: convertNetworks(config),
    volumes: dataVolumes(config),
    secrets,
    configs,
  };
}

function oneShot(config: ComposeConfig, name: string): boolean {
  return Object.values(config.services).some(
    (service) => service.depends_on?.[name]?.condition === 'service_completed_successfully',
  );
}

/** There are no virtual addresses: they need IPVS, and Prometheus wants every replica by name anyway. */
function deployment(service: ComposeService): Json {
  const limits = {
    ...(service.mem_limit !== undefined && { memory: String(service.mem_limit) }),
    ...(service.cpus !== undefined && { cpus: String(service.cpus) }),
    ...(service.pids_limit !== undefined && { pids: service.pids_limit }),
  };
  const stateful = (service.volumes ?? []).some(
    ({ type, source }) => type === 'volume' && !secretVolume.test(source ?? ''),
  );
  return {
    replicas: service.deploy?.replicas ?? 1,
    endpoint_mode: 'dnsrr',
    resources: { limits },
    restart_policy: { condition: 'any', delay: '2s' },
    // Volumes are local to a node, so that a service which has one stays on that node.
    ...(stateful && { placement: { constraints: ['node.labels.dragoman.data == true'] } }),
  };
}

function convertMounts(service: ComposeService, options: SwarmOptions, secrets: Json, configs: Json): Json {
  const mounts = (service.tmpfs ?? []).map((line) => tmpfs(line));
  const usedSecrets: Json[] = [];
  const usedConfigs: Json[] = [];
  for (const { type, source = '', target, read_only: readOnly } of service.volumes ?? []) {
    const group = secretVolume.exec(source)?.[1];
    if (group !== undefined) {
      for (const file of filesOf(options, group)) {
        const name = `dragoman-${group}-${file}`;
        secrets[name] = { external: true };
        usedSecrets.push({ source: name, target: `${target}/${file}`, mode: 0o444 });
      }
    } else if (type === 'bind') {
      for (const file of filesUnder(source)) {
        const name = configName(file);
        configs[name] = { name, file };
        usedConfigs.push({ source: name, target: path.join(target, path.relative(source, file)), mode: 0o444 });
      }
    } else mounts.push({ type, source, target, ...(readOnly && { read_only: true }) });
  }
  return { volumes: mounts, secrets: usedSecrets, configs: usedConfigs };
}

/**
 * Reads `/tmp:size=64m,mode=1777`. A stack cannot set the owner of a temporary folder, but a volume without a name
 * takes over the owner of the image's folder.
 */
function tmpfs(line: string): Json {
  const [target, options = ''] = line.split(':');
  if (/\buid=/.test(options)) return { type: 'volume', target };
  const [, size = '16', unit = 'm'] = /size=(\d+)([kmg])/.exec(options) ?? [];
  return { type: 'tmpfs', target, tmpfs: { size: Number(size) * 1024 ** ('kmg'.indexOf(unit) + 1) } };
}

function filesOf(options: SwarmOptions, group: string): string[] {
  const files = options.secrets[group];
  if (!files)
    throw new OperatorError('no-secret', `There is no secret ${group}; make the secrets first (docs/swarm.md).`);
  return files;
}

function filesUnder(source: string): string[] {
  if (statSync(source).isFile()) return [source];
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ya?ml|json|sql|sh|conf)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** At most 64 characters, and different for different content: a config cannot be changed, only replaced. */
function configName(file: string): string {
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8);
  const place = path.join(path.basename(path.dirname(file)), path.basename(file)).replaceAll(/[^\w.-]+/g, '-');
  return `dragoman-${place.slice(-45)}-${hash}`;
}

function convertNetworks(config: ComposeConfig): Json {
  return Object.fromEntries(
    Object.entries(config.networks).map(([name, network]) => [
      name,
      { driver: 'overlay', ...(network?.internal && { internal: true }), ...subnets(network?.ipam) },
    ]),
  );
}

/** A stack knows only subnets, no reserved addresses. */
function subnets(ipam: Json | undefined): Json {
  const pools = (ipam?.['config'] as { subnet?: string }[] | undefined)?.filter((pool) => pool.subnet !== undefined);
  return pools && pools.length > 0 ? { ipam: { config: pools.map(({ subnet }) => ({ subnet })) } } : {};
}

function dataVolumes(config: ComposeConfig): Json {
  return Object.fromEntries(
    Object.keys(config.volumes)
      .filter((name) => !secretVolume.test(name))
      .map((name) => [name, {}]),
  );
}

function given(environment: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
