import { setTimeout as sleep } from 'node:timers/promises';
import { keys } from '#shared/redis/keys.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import { startTestSentinels, type GroupNode, type TestSentinels } from '#test/lib/sentinels.ts';
import type { Verdict } from '../rig/checker.ts';
import type { Case } from '../rig/ledger.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { untilAlive } from './victims.ts';

/**
 * Another Redis becomes master under load, one of three that three Sentinels watch: by an operator's order, after the
 * master was killed, and after it was killed while its replicas lagged behind. What replicas had not received is lost
 * with the master. That is counted. Nothing else may be lost, and nothing may be done twice.
 */
export const failovers: FaultTest = {
  name: 'R22',
  title: 'Redis failover, replication not waited for',
  full: 30,
  quick: 3,
  run: (options) => run(options, 0),
};

/** The same, but everything that is acknowledged waits for a replica, so nothing may be lost. */
export const failoversWithWait: FaultTest = {
  name: 'R22W',
  title: 'Redis failover, one replica waited for',
  full: 30,
  quick: 3,
  run: (options) => run(options, 1),
};

type Kind = 'planned' | 'killed' | 'lagging';
const kinds: Kind[] = ['planned', 'killed', 'lagging'];
/** For how many milliseconds replicas receive nothing before the master dies. */
const lagMs = 1_500;

interface Failover {
  kind: Kind;
  /** What is written from here on may be lost. */
  from: number;
  until: number;
}

async function run({ seed, size, say }: FaultOptions, waitFor: number): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using group = await startTestSentinels();
  const waiting = { REDIS_WAIT_REPLICAS: String(waitFor) };
  await using rig = await startRig({ workers: 3, redisUrl: group.url, workerEnv: waiting, ingressEnv: waiting });
  const load = startLoad(rig, 24, mixedPlans(drawOf(seed + 1)));
  const hits = { planned: 0, killed: 0, lagging: 0, 'with runs under way': 0, 'questions refused': 0 };
  const done: Failover[] = [];
  const recoveries: number[] = [];
  for (let at = 0; at < size; at += 1) {
    const kind = kinds[at % kinds.length] ?? 'planned';
    await sleep(2_000 + draw() * 2_000);
    if (rig.ledger.open().some(({ asks }) => asks.length > 0)) hits['with runs under way'] += 1;
    const failover: Failover = { kind, from: Date.now(), until: 0 };
    const old = await failOver(group, kind);
    const recovered = await untilAlive(rig);
    if (recovered !== undefined) recoveries.push(Date.now() - failover.from);
    failover.until = Date.now();
    done.push(failover);
    hits[kind] += 1;
    await old?.start();
    await group.whole();
    say(`${at + 1} of ${size}: ${kind}, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say, (each) => waitFor === 0 && causeOf(each, done) !== undefined);
  hits['questions refused'] = verdict.refused;
  const { notes, further } = waitFor > 0 ? nothingLost : await setAsideWhatWasLost(rig, verdict, done);
  return judge({
    test: waitFor > 0 ? 'R22W failover, WAIT' : 'R22 failover',
    hits,
    atLeast: {
      'with runs under way': Math.ceil(size / 2),
      ...Object.fromEntries(kinds.map((kind) => [kind, Math.floor(size / 3)])),
    },
    verdict,
    resumeMs: recoveries,
    notes,
    further: [...further, ...deaths(rig)],
  });
}

/** Makes another Redis master. Resolves with the old one when it was killed. */
async function failOver(group: TestSentinels, kind: Kind): Promise<GroupNode | undefined> {
  if (kind === 'planned') {
    await group.failOver();
    return undefined;
  }
  const old = await group.master();
  if (kind === 'lagging') {
    old.front.hold('replicas');
    await sleep(lagMs);
  }
  await old.kill();
  old.front.hold('nothing');
  await group.successor(old);
  return old;
}

const nothingLost = { notes: [], further: [] };

/**
 * Takes out of the verdict what asynchronous replication may lose: questions that no Redis knows any more and that were
 * open when a master died. The people must have been told. Counts them by kind of failover.
 */
async function setAsideWhatWasLost(
  rig: Rig,
  verdict: Verdict,
  done: Failover[],
): Promise<{ notes: string[]; further: string[] }> {
  await using stack = new AsyncDisposableStack();
  const redis = connectRedis(rig.redisUrl, 'lost');
  stack.defer(() => redis.disconnect());
  const counts: Record<Kind, number> = { planned: 0, killed: 0, lagging: 0 };
  const further: string[] = [];
  for (const name of verdict.lost) {
    const each = rig.ledger.cases.get(name);
    const failover = each && causeOf(each, done);
    if (!each || !failover) further.push(`case ${name} is lost, and no failover came meanwhile`);
    else if (await redis.exists(keys.run(discordRunId(each.question))))
      further.push(`case ${name} is lost, and Redis knows it`);
    else if (each.toldLostAt === undefined) further.push(`case ${name} is lost, and nobody was told`);
    else counts[failover.kind] += 1;
  }
  if (counts.planned > 0) further.push(`${counts.planned} questions were lost in planned failovers`);
  verdict.lost = [];
  const told = kinds.map((kind) => `${kind} ${counts[kind]}`).join(', ');
  return { notes: [`lost with the master, their people told: ${told}`], further };
}

/** The failover that may have lost the question, or its end. */
function causeOf({ askedAt, endedAt }: Case, done: Failover[]): Failover | undefined {
  return done.find(({ from, until }) => askedAt < until && (endedAt ?? Infinity) > from - lagMs);
}
