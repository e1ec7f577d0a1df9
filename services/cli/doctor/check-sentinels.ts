import { within } from '#shared/ground/deadline.ts';
import { errorText } from '#shared/ground/errors.ts';
import { connectSentinel } from '#shared/redis/failovers.ts';
import { parseRedisUrl, type SentinelPlace } from '#shared/redis/url.ts';
import { broken, ok, warning, type Finding } from './finding.ts';

const patienceMs = 3_000;

/** Which of REDIS_URL's Sentinels answer, and whether they could agree on another master. Empty where it names none. */
export async function checkSentinels(url: string): Promise<Finding[]> {
  const place = parseRedisUrl(url);
  if (place.kind !== 'sentinel') return [];
  const answers = await Promise.all(place.sentinels.map((sentinel) => askSentinel(place, sentinel)));
  const away = answers.filter(({ problem }) => problem !== undefined);
  const told = away.map(({ address, problem }) => `${address}: ${problem}`).join('; ');
  if (away.length === answers.length) {
    return [
      broken('Sentinels', `none is of use (${told})`, 'Start them, or mend the hosts and passwords in REDIS_URL.'),
    ];
  }
  const doubts = answers.flatMap(({ doubt }) => doubt ?? []);
  if (doubts.length > 0) {
    return [
      broken('Sentinels', `no failover is possible (${doubts[0]})`, 'Start the Sentinels and replicas that are away.'),
    ];
  }
  if (away.length > 0) return [warning('Sentinels', told, 'Start it, or mend its host and password in REDIS_URL.')];
  return [ok('Sentinels', `${answers.length} watch ${place.master} and can agree on another master`)];
}

interface Answer {
  address: string;
  /** Why this Sentinel is of no use. */
  problem?: string;
  /** What it says about a failover that is impossible. */
  doubt?: string;
}

async function askSentinel(place: SentinelPlace, sentinel: SentinelPlace['sentinels'][number]): Promise<Answer> {
  const address = `${sentinel.host}:${sentinel.port}`;
  const client = connectSentinel(place, sentinel, 'doctor', () => null);
  let lost: Error | undefined;
  client.on('error', (error: Error) => (lost = error));
  try {
    const asked = client.call('SENTINEL', 'CKQUORUM', place.master);
    return (await within(asked, patienceMs))
      ? { address }
      : { address, problem: `no answer within ${patienceMs / 1_000} s` };
  } catch (error) {
    const text = errorText(lost ?? error);
    return text.startsWith('NOQUORUM') ? { address, doubt: text } : { address, problem: text };
  } finally {
    client.disconnect();
  }
}
