import type { FaultTest } from '../suite.ts';
import { mixed } from './r0-mixed.ts';
import { crashPointsTest } from './r1-crash-points.ts';
import { killsAnywhere } from './r1-kills.ts';
import { poison } from './r10-poison.ts';
import { rollingRestarts } from './r11-restarts.ts';
import { soak } from './r14-soak.ts';
import { failovers, failoversWithWait } from './r22-failover.ts';
import { steppedClocks } from './r15-clocks.ts';
import { fullDisks } from './r16-disk.ts';
import { bothAway } from './r17-both-away.ts';
import { failedReads } from './r18-catch-up.ts';
import { newerVersion } from './r19-versions.ts';
import { memoryOverLimit } from './r20-memory.ts';
import { removedJobs } from './r21-jobs.ts';
import { replays } from './r23-replays.ts';
import { setBack } from './r25-set-back.ts';
import { silentLinks } from './r24-silent-links.ts';
import { writesInFlight } from './r2-writes.ts';
import { redisKills } from './r3-redis.ts';
import { redisRefuses } from './r4-redis-refuses.ts';
import { modelTrouble } from './r5-model.ts';
import { gatewayDrops } from './r6-gateway.ts';
import { restFaults } from './r7-rest.ts';
import { sleepingIngresses } from './r8-ingress.ts';
import { blockedLoops, zombies } from './r8-zombies.ts';

export const faultTests: FaultTest[] = [
  mixed,
  killsAnywhere,
  crashPointsTest,
  writesInFlight,
  redisKills,
  redisRefuses,
  modelTrouble,
  gatewayDrops,
  restFaults,
  zombies,
  sleepingIngresses,
  blockedLoops,
  poison,
  rollingRestarts,
  soak,
  failovers,
  failoversWithWait,
  steppedClocks,
  fullDisks,
  bothAway,
  failedReads,
  newerVersion,
  memoryOverLimit,
  removedJobs,
  replays,
  silentLinks,
  setBack,
];
