import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readJournal } from '#shared/run/journal.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { readRun } from '#shared/run/record.ts';

// Runs in a container beside the workers: node test/compose/load.ts --name a --runs 60 --text "slow {}" --model default
// Accepts the runs as a door does, waits until all have ended, and prints one line of JSON.

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'load' },
    runs: { type: 'string', default: '20' },
    text: { type: 'string', default: 'slow {}' },
    model: { type: 'string', default: 'default' },
    /** Milliseconds between two runs. */
    every: { type: 'string', default: '0' },
    /** Only accepts the runs and does not wait for their ends. */
    submit: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '240' },
  },
});

const redisUrl = process.env['REDIS_URL'] ?? readFileSync(process.env['REDIS_URL_FILE'] ?? '', 'utf8');
const redis = connectRedis(redisUrl, 'load');
await using queues = createQueues(redis);
const started = Date.now();
const deadline = started + Number(values.seconds) * 1_000;
const ids: string[] = [];

/** A door tries again until Redis has confirmed; the run's id makes that harmless. */
async function accept(id: string, index: number): Promise<void> {
  while (true) {
    try {
      await acceptRun(
        { redis, queues },
        {
          id,
          caller: { kind: 'terminal', id: `person-${index % 7}` },
          conversation: `load:${id}`,
          text: values.text.replaceAll('{}', id),
          model: values.model,
        },
      );
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(250);
    }
  }
}

for (let index = 0; index < Number(values.runs); index += 1) {
  const id = `${values.name}-${index}`;
  ids.push(id);
  await accept(id, index);
  await sleep(Number(values.every));
}

const outcomes: Record<string, number> = {};
const wrong: string[] = [];
if (!values.submit) {
  for (const id of ids) {
    const end = await ended(id);
    outcomes[end.outcome] = (outcomes[end.outcome] ?? 0) + 1;
    if (!end.text.includes(id)) wrong.push(`${id}: ${end.text.slice(0, 120)}`);
  }
}

async function ended(id: string): Promise<{ outcome: string; text: string }> {
  while (Date.now() < deadline) {
    const record = await readRun(redis, id).catch(() => undefined);
    if (record?.status === 'ended') {
      const entries = await readJournal(redis, id);
      const last = entries.findLast(({ entry }) => entry.type === 'run.ended')?.entry;
      return { outcome: record.outcome ?? '', text: last?.type === 'run.ended' ? last.text : '' };
    }
    await sleep(100);
  }
  return { outcome: 'lost', text: id };
}

const seconds = (Date.now() - started) / 1_000;
process.stdout.write(`${JSON.stringify({ outcomes, wrong, seconds, rate: ids.length / seconds })}\n`);
redis.disconnect();
