// npm run bench -- --durable-peers: compares the product with DBOS and Restate, which do the same two model calls with
// one tool call between them in durable steps. First compares their speed, then the damage after kills of their
// workers.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tmpdir } from 'node:os';
import { startRigProcess } from '#test/faults/rig/process.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { startProduct, type Backends } from '../pipelines.ts';
import { startProcess, type Started } from '../processes.ts';
import { startDbos } from './dbos.ts';
import { startDragoman } from './dragoman.ts';
import { startEffectTool } from './effect-tool.ts';
import { hasEffect, killWorkers, type Damage, type KillSizes } from './kills.ts';
import { installPeers } from './packages.ts';
import { damageReport, speedReport } from './report.ts';
import { startRestate } from './restate.ts';
import { candidatesOf, measureSpeed, type Speed, type SpeedSizes } from './speed.ts';
import type { Played, System } from './system.ts';

const quick = {
  speed: { warmUp: 100, serial: 15, rounds: 1, runs: runsInFlight(200), roundMs: 4_000, warmUpMs: 6_000 },
  kills: { kills: 6, forMs: 25_000, settleMs: 20_000, inFlight: 16 },
};
const full = {
  speed: { warmUp: 600, serial: 60, rounds: 2, runs: runsInFlight(600), roundMs: 4_000, warmUpMs: 15_000 },
  kills: { kills: 100, forMs: 160_000, settleMs: 30_000, inFlight: 16 },
};

function runsInFlight(runs: number): Map<number, number> {
  return new Map([16, 64].map((inFlight) => [inFlight, runs]));
}

/** What the bench provides: the played model with its process, and the folder that the tool reads from. */
export interface Ground {
  model: Started;
  backends: Omit<Backends, 'redisUrl'>;
  isQuick: boolean;
  say: (text: string) => void;
}

/** Prints both tables. */
export async function comparePeers({ model, backends, isQuick, say }: Ground): Promise<void> {
  const sizes: { speed: SpeedSizes; kills: KillSizes } = isQuick ? quick : full;
  await installPeers(say);
  await using dbos = await startDbos();
  await using restate = await startRestate();
  const speed = await compareSpeed([dbos, restate], model, backends, sizes.speed, say);
  process.stdout.write(`${speedReport(speed)}\n\n`);
  say(`kills of the workers, at most ${(sizes.kills.forMs + sizes.kills.settleMs) / 1_000} s`);
  const damage = await compareKills([dbos, restate], sizes.kills, say);
  process.stdout.write(`${damageReport(['dragoman', dbos.name, restate.name], damage)}\n`);
}

async function compareSpeed(
  peers: System[],
  model: Started,
  backends: Ground['backends'],
  sizes: SpeedSizes,
  say: Ground['say'],
): Promise<Speed[]> {
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await startTestRedis({ durable: true }));
  const isReady = (line: Record<string, unknown>) => line['ready'] === true;
  const tool = stack.use(
    await startProcess('test/bench/minimal/tool.ts', { FILESYSTEM_ROOT: backends.workspace }, isReady),
  );
  const product = stack.use(await startProduct({ ...backends, redisUrl: redis.url }));
  const played = { modelUrl: backends.modelUrl, toolUrl: String(tool.ready['url']) };
  const candidates = [Object.assign(product, { server: redis.pid() ?? 0 })];
  for (const peer of peers) {
    candidates.push(...stack.use(await candidatesOf(peer, played, tool.pid, backends.expected)).candidates);
  }
  return await measureSpeed(candidates, sizes, model.pid, say);
}

/** All systems run at once: kills do not measure speed, and this way each has the others as noise. */
async function compareKills(peers: System[], sizes: KillSizes, say: Ground['say']): Promise<Damage[]> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-peers-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const modelEnv = { MODEL_WITNESS: path.join(folder, 'model.jsonl') };
  const model = stack.use(await startRigProcess('test/faults/played/model.ts', modelEnv));
  const modelUrl = new URL(model.addresses['model'] ?? '').origin;
  const systems: { system: System; played: Played; witness: string }[] = [];
  const witnessOf = async (name: string) => {
    const file = path.join(folder, `${name}.jsonl`);
    await writeFile(file, '');
    return file;
  };
  const own = await witnessOf('dragoman');
  const dragoman = stack.use(await startDragoman(own, (id) => hasEffect(own, id)));
  // The product's tool runs behind the tool-runner.
  systems.push({ system: dragoman, played: { modelUrl, toolUrl: '' }, witness: own });
  for (const system of peers) {
    const witness = await witnessOf(system.name);
    const { url: toolUrl } = stack.use(await startEffectTool(witness));
    systems.push({ system, played: { modelUrl, toolUrl }, witness });
  }
  return await Promise.all(
    systems.map(({ system, played, witness }) => killWorkers(system, played, witness, sizes, say)),
  );
}
